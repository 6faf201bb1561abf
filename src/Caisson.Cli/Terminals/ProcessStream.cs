using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Terminals;

/// <summary>
/// Joins this process's input and output to a process in a sandbox. When the server goes away the program inside goes on; this side connects
/// again and continues at the offsets it has shown, so nothing is lost or shown twice.
/// </summary>
internal sealed class ProcessStream(string sandbox, int process, bool terminal)
{
    private static readonly TimeSpan ReconnectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(250);

    private readonly Stream output = Console.OpenStandardOutput();
    private readonly Stream error = Console.OpenStandardError();
    private readonly SemaphoreSlim sending = new(1, 1);
    private long outputOffset;
    private long errorOffset;
    private WebSocket? current;

    /// <param name="forwardInput">Whether standard input is read at all.</param>
    /// <returns>The program's exit code.</returns>
    internal async Task<int> RunAsync(ServerClient client, bool forwardInput, CancellationToken cancellation)
    {
        using var raw = terminal ? RawTerminal.Enter() : null;
        using var signals = new SignalForwarding(this, terminal);
        var reader = forwardInput ? new Thread(ReadInput) { IsBackground = true, Name = "standard input" } : null;
        long? lostAt = null;
        while (true)
        {
            try
            {
                current = await client.StreamAsync(
                    $"/api/v1/sandboxes/{sandbox}/processes/{process}/stream?output={outputOffset}&error={errorOffset}",
                    cancellation
                );
                lostAt = null;
                if (reader is { ThreadState: ThreadState.Unstarted | ThreadState.Background })
                    reader.Start();
                if (terminal)
                    await ResizeAsync();
                if (await ReceiveAsync(current, cancellation) is { } exit)
                {
                    // The server keeps the sandbox until this viewer has left.
                    current.Dispose();
                    return exit;
                }
            }
            catch (Exception exception)
                when (exception is WebSocketException or IOException or CommandFailure { ExitCode: ExitCode.Unreachable })
            {
                lostAt ??= Environment.TickCount64;
                if (Environment.TickCount64 - lostAt > ReconnectLimit.TotalMilliseconds)
                    throw new CommandFailure(
                        ExitCode.Unreachable,
                        "The server can't be reached. The program in the sandbox goes on.",
                        $"caisson attach {sandbox}"
                    );
            }
            current?.Dispose();
            current = null;
            await Task.Delay(ReconnectPause, cancellation);
        }
    }

    internal Task ResizeAsync()
    {
        var size = RawTerminal.Size();
        var message = new byte[5];
        message[0] = (byte)StreamFrame.Resize;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(1), (ushort)size.Columns);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(3), (ushort)size.Rows);
        return SendAsync(message);
    }

    internal Task SignalAsync(int number) => SendAsync(new byte[] { (byte)StreamFrame.Signal, (byte)number });

    private void ReadInput()
    {
        using var input = StandardInput.Open();
        var buffer = new byte[16 * 1024];
        buffer[0] = (byte)StreamFrame.Input;
        int count;
        do
        {
            count = input.Read(buffer, 1, buffer.Length - 1);
            // One write after the other on a thread of its own: standard input has no asynchronous form.
#pragma warning disable VSTHRD002
            SendAsync(buffer.AsMemory(0, count + 1)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        } while (count > 0);
    }

    /// <summary>What is typed while the server is away is dropped, as a terminal without a line does.</summary>
    private async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        await sending.WaitAsync();
        try
        {
            if (current is { State: WebSocketState.Open } socket)
                await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or IOException)
        {
            // The receiving side sees the same end and connects again.
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<int?> ReceiveAsync(WebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024 + StreamFrames.ServerHeader];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == buffer.Length)
                    throw new IOException("A message from the server is too long.");
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                length += part.Count;
            } while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            if (await HandleAsync(buffer.AsMemory(0, length), cancellation) is { } exit)
                return exit;
        }
    }

    private async ValueTask<int?> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var kind = (StreamFrame)message.Span[0];
        var payload = message[StreamFrames.ServerHeader..];
        switch (kind)
        {
            case StreamFrame.Output:
                await output.WriteAsync(payload, cancellation);
                await output.FlushAsync(cancellation);
                outputOffset = StreamFrames.ReadOffset(message.Span) + payload.Length;
                return null;
            case StreamFrame.Error:
                await error.WriteAsync(payload, cancellation);
                errorOffset = StreamFrames.ReadOffset(message.Span) + payload.Length;
                return null;
            case StreamFrame.Gap:
                return null;
            case StreamFrame.Exit:
                var exit = JsonSerializer.Deserialize(payload.Span, ApiJson.Default.ProcessExit);
                return exit?.ExitCode ?? ExitCode.Error;
            default:
                throw new CommandFailure(
                    ExitCode.Error,
                    "The server sent a message this command does not know; they differ in version.",
                    "caisson version"
                );
        }
    }

    /// <summary>Signals that this process gets go to the program inside.</summary>
    private sealed class SignalForwarding : IDisposable
    {
        private readonly List<PosixSignalRegistration> registrations = [];

        internal SignalForwarding(ProcessStream stream, bool terminal)
        {
            Forward(PosixSignal.SIGINT, 2);
            Forward(PosixSignal.SIGTERM, 15);
            Forward(PosixSignal.SIGHUP, 1);
            Forward(PosixSignal.SIGQUIT, 3);
            if (terminal)
                registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, context => _ = stream.ResizeAsync()));

            void Forward(PosixSignal signal, int number) =>
                registrations.Add(
                    PosixSignalRegistration.Create(
                        signal,
                        context =>
                        {
                            context.Cancel = true;
                            _ = stream.SignalAsync(number);
                        }
                    )
                );
        }

        public void Dispose() => registrations.ForEach(registration => registration.Dispose());
    }
}
