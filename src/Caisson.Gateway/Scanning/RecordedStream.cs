using System.Buffers;

namespace Caisson.Gateway.Scanning;

/// <summary>Keeps what a decoder reads until what came out of it was scanned; only then it may be passed on.</summary>
internal sealed class RecordedStream(Stream inner) : Stream
{
    private readonly ArrayBufferWriter<byte> kept = new();
    private int taken;
    private int usable;

    /// <summary>All that was read, in bytes.</summary>
    public long Count { get; private set; }

    /// <summary>How many bytes may be passed on.</summary>
    public int Released { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Everything that was read.</summary>
    public void ReleaseAll() => Released = kept.WrittenCount - taken;

    /// <summary>All but the last piece, of which a decoder may not have made everything yet.</summary>
    public void ReleaseUsed() => Released = Math.Max(Released, usable - taken);

    /// <summary>Moves what may be passed on; 0 when there is none.</summary>
    public int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, Released);
        kept.WrittenSpan.Slice(taken, count).CopyTo(buffer);
        taken += count;
        Released -= count;
        if (taken == kept.WrittenCount)
        {
            usable = 0;
            taken = 0;
            kept.ResetWrittenCount();
        }
        return count;
    }

    /// <summary>Whether anything follows that no decoder asked for.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellation) => await ReadAsync(new byte[1], cancellation) > 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Who asks for more has used up what it got.
        usable = kept.WrittenCount;
        var read = await inner.ReadAsync(buffer, cancellationToken);
        kept.Write(buffer.Span[..read]);
        Count += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
