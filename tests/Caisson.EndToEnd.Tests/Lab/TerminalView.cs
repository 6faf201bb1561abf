using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>
/// One view of a terminal, speaking the frames of docs/terminal-protocol.md as raw bytes. Checks on its way that output has no hole and no overlap that was not told.
/// </summary>
internal sealed class TerminalView : IAsyncDisposable
{
    private readonly ClientWebSocket socket;
    private readonly byte[] buffer = new byte[256 * 1024];
    private readonly MemoryStream output = new();

    private TerminalView(ClientWebSocket socket) => this.socket = socket;

    internal JsonNode Hello { get; private set; } = null!;

    internal string Key => (string)Hello["viewer"]!;

    /// <summary>Offset of the next output byte; -1 until the first one or a snapshot has said where it is.</summary>
    internal long Next { get; private set; } = -1;

    /// <summary>Bytes that this viewer typed, over all its connections.</summary>
    internal long Typed { get; set; }

    internal long Taken { get; private set; }

    internal List<(long From, long To)> Gaps { get; } = [];

    internal List<byte[]> Snapshots { get; } = [];

    internal List<JsonNode> Errors { get; } = [];

    internal List<JsonNode> States { get; } = [];

    internal (int Columns, int Rows) Size { get; private set; }

    internal JsonNode? Exit { get; private set; }

    internal int? CloseCode => (int?)socket.CloseStatus;

    /// <summary>All output that this connection brought.</summary>
    internal ReadOnlySpan<byte> Output => output.GetBuffer().AsSpan(0, (int)output.Length);

    internal string Text => Encoding.UTF8.GetString(Output);

    /// <summary>False keeps the acknowledgements back.</summary>
    internal bool Acknowledges { get; set; } = true;

    internal static async Task<TerminalView> AttachAsync(ServerApi api, string terminal, object from, string? viewer = null)
    {
        var view = new TerminalView(await api.ConnectAsync($"terminals/{terminal}/ws"));
        var attach = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                version = 1,
                from,
                viewer,
            }
        );
        await view.SendAsync([0x81, .. attach]);
        if (from is long offset)
            view.Next = offset;
        await view.ReceiveAsync();
        view.Hello.ShouldNotBeNull();
        view.Taken = view.Typed = (long)view.Hello["inputSequence"]!;
        return view;
    }

    internal async Task TypeAsync(ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; )
        {
            var piece = bytes[at..Math.Min(bytes.Length, at + 32_768)];
            var frame = new byte[9 + piece.Length];
            frame[0] = 0x82;
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), Typed);
            piece.CopyTo(frame.AsMemory(9));
            Typed += piece.Length;
            at += piece.Length;
            await SendAsync(frame);
        }
    }

    internal Task TypeAsync(string text) => TypeAsync(Encoding.UTF8.GetBytes(text));

    internal Task ResizeAsync(int columns, int rows)
    {
        var frame = new byte[5];
        frame[0] = 0x84;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)columns);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)rows);
        return SendAsync(frame);
    }

    internal Task AcknowledgeAsync()
    {
        var frame = new byte[9];
        frame[0] = 0x83;
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), Next);
        return SendAsync(frame);
    }

    internal async Task SendAsync(byte[] frame, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var limit = new CancellationTokenSource(Command.Limit);
        await socket.SendAsync(frame, type, endOfMessage: true, limit.Token);
    }

    /// <summary>Reads frames until something holds.</summary>
    internal async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            (await ReceiveAsync()).ShouldBeTrue(
                $"It was closed with {CloseCode}; the output ends with: {Text[Math.Max(0, Text.Length - 400)..]}"
            );
    }

    internal Task UntilAsync(string text) => UntilAsync(() => Output.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    /// <summary>Reads frames to the end of the view.</summary>
    internal async Task<int?> EndAsync()
    {
        while (await ReceiveAsync()) { }
        return CloseCode;
    }

    /// <summary>Ends the connection without a word, as a network does.</summary>
    internal void Cut() => socket.Abort();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        output.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(Command.Limit);
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                try
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
                }
                catch (WebSocketException)
                {
                    // The server waits some seconds for this answer, and no longer.
                }
                return false;
            }
            length += part.Count;
        } while (!part.EndOfMessage);
        await TakeAsync(buffer.AsMemory(0, length));
        return true;
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> frame)
    {
        var body = frame[1..];
        switch (frame.Span[0])
        {
            case 0x01:
                Hello = Json(body);
                Size = ((int)Hello["columns"]!, (int)Hello["rows"]!);
                break;
            case 0x02:
                var offset = Number(body);
                if (Next >= 0)
                    offset.ShouldBe(Next);
                output.Write(body.Span[8..]);
                Next = offset + body.Length - 8;
                if (Acknowledges)
                    await AcknowledgeAsync();
                break;
            case 0x03:
                Number(body).ShouldBe(Next);
                Next = Number(body[8..]);
                Gaps.Add((Number(body), Next));
                break;
            case 0x04:
                if (Next >= 0 && Snapshots.Count > 0)
                    Number(body[2..]).ShouldBeGreaterThanOrEqualTo(Next);
                Next = Number(body[2..]);
                Snapshots.Add(frame.ToArray());
                break;
            case 0x05:
                Taken = Number(body);
                break;
            case 0x06:
                Size = (BinaryPrimitives.ReadUInt16BigEndian(body.Span), BinaryPrimitives.ReadUInt16BigEndian(body.Span[2..]));
                break;
            case 0x07:
                States.Add(Json(body));
                break;
            case 0x08:
                Exit = Json(body);
                break;
            case 0x09:
                Errors.Add(Json(body));
                break;
        }
    }

    private static JsonNode Json(ReadOnlyMemory<byte> body) => JsonNode.Parse(body.Span)!;

    private static long Number(ReadOnlyMemory<byte> body) => BinaryPrimitives.ReadInt64BigEndian(body.Span);
}
