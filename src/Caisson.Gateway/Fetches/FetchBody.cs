namespace Caisson.Gateway.Fetches;

/// <summary>One reader's view of a fetch, from its first byte on, as fast as it comes or as the reader takes it.</summary>
/// <param name="left">Called once when the reader has gone.</param>
internal sealed class FetchBody(Fetch fetch, Action left) : Stream
{
    private long offset;
    private int hasLeft;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await fetch.ReadAsync(buffer, offset, cancellationToken);
        offset += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref hasLeft, 1) == 0)
            left();
        base.Dispose(disposing);
    }
}
