using System.Buffers;
using System.IO.Compression;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>Opens what permessage-deflate packed (RFC 7692, 7.2.2), message by message, each with what came before it as its dictionary.</summary>
/// <param name="keepsContext">False: the client begins anew with each message.</param>
internal sealed class MessageInflater(bool keepsContext) : IDisposable
{
    // What a sender leaves away at the end of each message.
    private static readonly byte[] Tail = [0x00, 0x00, 0xFF, 0xFF];

    private readonly byte[] piece = new byte[16 * 1024];
    private Feed feed = new();
    private DeflateStream? stream;

    /// <param name="packed">All of one message's payload.</param>
    /// <param name="text">What comes out is added to it.</param>
    /// <param name="most">How long the text may become, in bytes.</param>
    /// <returns>Null, or why it can't be opened.</returns>
    public WebSocketFault? Inflate(ReadOnlyMemory<byte> packed, ArrayBufferWriter<byte> text, int most)
    {
        if (stream is null || !keepsContext)
        {
            stream?.Dispose();
            feed = new Feed();
            stream = new DeflateStream(feed, CompressionMode.Decompress);
        }
        feed.Begin(packed);
        try
        {
            int read;
            while ((read = stream.Read(piece)) > 0)
            {
                if (text.WrittenCount + read > most)
                    return WebSocketFault.TooLong;
                text.Write(piece.AsSpan(0, read));
            }
        }
        catch (InvalidDataException)
        {
            return WebSocketFault.NotDeflate;
        }
        // Where a compressed text says that it ends, each receiver has its own idea of what follows.
        return feed.IsUsedUp ? null : WebSocketFault.EndsInside;
    }

    public void Dispose() => stream?.Dispose();

    // Tells a decoder that asked for more than there is from one that was done before.
    private sealed class Feed : Stream
    {
        private ReadOnlyMemory<byte> rest;
        private bool hasTail;

        public bool IsUsedUp { get; private set; }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Begin(ReadOnlyMemory<byte> packed)
        {
            rest = packed;
            hasTail = false;
            IsUsedUp = false;
        }

        public override int Read(Span<byte> buffer)
        {
            if (rest.IsEmpty && !hasTail)
            {
                rest = Tail;
                hasTail = true;
            }
            if (rest.IsEmpty)
                IsUsedUp = true;
            var count = Math.Min(buffer.Length, rest.Length);
            rest.Span[..count].CopyTo(buffer);
            rest = rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
