using Caisson.Gateway.Http;

namespace Caisson.Gateway.Fetches;

/// <summary>One reader's view of a fetch, from its first byte on, as fast as it comes or as the reader takes it.</summary>
/// <param name="left">Called once when the reader has gone.</param>
internal sealed class FetchBody(Fetch fetch, Action left) : ReadOnlyBody
{
    private long offset;
    private int hasLeft;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await fetch.ReadAsync(buffer, offset, cancellationToken);
        offset += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref hasLeft, 1) == 0)
            left();
        base.Dispose(disposing);
    }
}
