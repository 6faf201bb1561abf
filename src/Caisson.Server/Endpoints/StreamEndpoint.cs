using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Server.Access;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Server.Endpoints;

/// <summary>
/// One viewer of one process over a WebSocket. The output rings live in the sandbox's PID 1; this only translates frames, so a viewer that
/// comes back with its offsets goes on where it was, also after the server was replaced.
/// </summary>
internal static class StreamEndpoint
{
    private const int LargestInput = 64 * 1024;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    internal static async Task<IResult> HandleAsync(
        HttpContext context,
        string id,
        int process,
        long? output,
        long? error,
        SandboxService service
    )
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return Problems.Result(400, "websocket_only", "This address speaks WebSocket only.");
        await using var attachment = await service.AttachAsync(id, process, output ?? 0, error ?? 0, context.RequestAborted);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var access = SocketAccess.Watch(context, Permission.SandboxesAll, null);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var sending = SendAsync(socket, attachment, ended.Token);
        var receiving = ReceiveAsync(socket, attachment, service, id, ended.Token);
        try
        {
            await await Task.WhenAny(sending, receiving, access.Ended);
            if (access.Ended.IsCompleted)
                await access.CloseAsync(socket);
            else if (sending.IsCompletedSuccessfully)
            {
                // Ending the connection before the viewer has answered the close could take the last bytes with it.
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ended.Token);
                await receiving.WaitAsync(CloseLimit, ended.Token);
            }
        }
        catch (Exception exception)
            when (exception is InitException or WebSocketException or OperationCanceledException or TimeoutException)
        {
            // The viewer left, or the sandbox did; either side learns it from the end of the connection.
            socket.Abort();
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (sending.IsCompletedSuccessfully)
                service.Viewed(id, attachment.Process);
        }
        return Results.Empty;
    }

    private static async Task SendAsync(WebSocket socket, ProcessAttachment attachment, CancellationToken cancellation)
    {
        var buffer = new byte[128 * 1024];
        await foreach (var frame in attachment.ReadFramesAsync(cancellation))
        {
            switch (frame)
            {
                case ProcessData data:
                    var kind = data.Stream == OutputStream.Errors ? StreamFrame.Error : StreamFrame.Output;
                    for (var sent = 0; sent < data.Bytes.Length; )
                    {
                        var piece = data.Bytes[sent..Math.Min(data.Bytes.Length, sent + (64 * 1024))];
                        await WriteAsync(kind, data.Offset + sent, piece);
                        sent += piece.Length;
                    }
                    break;
                case ProcessGap gap:
                    await WriteAsync(StreamFrame.Gap, gap.To, new[] { (byte)gap.Stream });
                    break;
                case ProcessEnded { Exit: var exit }:
                    var answer = new Api.ProcessExit(exit.Code, exit.TimedOut, exit.DurationMilliseconds);
                    await WriteAsync(StreamFrame.Exit, 0, JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Default.ProcessExit));
                    return;
            }
        }

        async Task WriteAsync(StreamFrame kind, long offset, ReadOnlyMemory<byte> payload)
        {
            StreamFrames.WriteServerHeader(buffer, kind, offset);
            payload.CopyTo(buffer.AsMemory(StreamFrames.ServerHeader));
            await socket.SendAsync(
                buffer.AsMemory(0, StreamFrames.ServerHeader + payload.Length),
                WebSocketMessageType.Binary,
                true,
                cancellation
            );
        }
    }

    private static async Task ReceiveAsync(
        WebSocket socket,
        ProcessAttachment attachment,
        SandboxService service,
        string id,
        CancellationToken cancellation
    )
    {
        var buffer = new byte[LargestInput + 1];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == buffer.Length)
                {
                    await socket.CloseAsync(
                        WebSocketCloseStatus.MessageTooBig,
                        $"messages hold at most {LargestInput} bytes",
                        cancellation
                    );
                    return;
                }
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                length += part.Count;
            } while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                return;
            if (length > 0)
                await ApplyAsync(buffer.AsMemory(0, length));
        }

        async Task ApplyAsync(ReadOnlyMemory<byte> message)
        {
            var body = message[1..];
            switch ((StreamFrame)message.Span[0])
            {
                case StreamFrame.Input when body.IsEmpty:
                    await attachment.EndInputAsync(cancellation);
                    break;
                case StreamFrame.Input:
                    await attachment.InputAsync(body, cancellation);
                    break;
                case StreamFrame.Resize when body.Length == 4:
                    var columns = BinaryPrimitives.ReadUInt16BigEndian(body.Span);
                    var rows = BinaryPrimitives.ReadUInt16BigEndian(body.Span[2..]);
                    await attachment.ResizeAsync(Math.Clamp((int)columns, 2, 1000), Math.Clamp((int)rows, 1, 500), cancellation);
                    break;
                case StreamFrame.Signal when body.Length == 1:
                    await service.SignalAsync(id, attachment.Process, body.Span[0], cancellation);
                    break;
                default:
                    await socket.CloseAsync(WebSocketCloseStatus.ProtocolError, "unknown message", cancellation);
                    return;
            }
        }
    }
}
