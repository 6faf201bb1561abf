using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>A client of <c>caisson.terminal.v1</c> that acknowledges as a browser does: each 64 KiB.</summary>
internal sealed class CaissonView(ClientWebSocket socket) : IView
{
    private readonly byte[] _buffer = new byte[80 * 1024];
    private int _length;
    private long _next;
    private long _acknowledged;
    private long _typed;

    public ReadOnlySpan<byte> Last => _buffer.AsSpan(9, _length - 9);

    internal async Task AttachAsync(string from) =>
        await SendAsync([
            0x81,
            .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"version":1,"from":{{from}}}""")),
        ]);

    public async Task TypeAsync(byte key)
    {
        var frame = new byte[10];
        frame[0] = 0x82;
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), _typed++);
        frame[9] = key;
        await SendAsync(frame);
    }

    public async Task<int> ReadAsync()
    {
        while (await FrameAsync() is { Length: > 0 } frame)
        {
            if (frame.Span[0] != 0x02)
                continue;
            _next = BinaryPrimitives.ReadInt64BigEndian(frame.Span[1..]) + frame.Length - 9;
            if (_next - _acknowledged >= 64 * 1024)
            {
                _acknowledged = _next;
                var ack = new byte[9];
                ack[0] = 0x83;
                BinaryPrimitives.WriteInt64BigEndian(ack.AsSpan(1), _next);
                await SendAsync(ack);
            }
            return frame.Length - 9;
        }
        return 0;
    }

    /// <summary>The next frame, valid until the one after it; empty at the end.</summary>
    internal async Task<ReadOnlyMemory<byte>> FrameAsync()
    {
        _length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(_length), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return default;
            _length += part.Count;
            if (part.EndOfMessage)
                return _buffer.AsMemory(0, _length);
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask SendAsync(byte[] frame) =>
        socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
}
