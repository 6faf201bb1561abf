using Caisson.Gateway.Http;

namespace Caisson.Gateway.Scanning;

/// <summary>Keeps what a decoder reads until what came out of it was scanned; only then it may be passed on.</summary>
internal sealed class RecordedStream(Stream inner) : ReadOnlyBody
{
    /// <summary>How much a decoder may take in without giving anything out, in bytes: what waits for it is in memory.</summary>
    public const int MostKept = 4 << 20;

    // From start to end is kept. Before usable: used up by the decoder. From seen on: not yet looked at as it is.
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;
    private int usable;
    private int seen;

    /// <summary>All that was read, in bytes.</summary>
    public long Count { get; private set; }

    /// <summary>How many bytes may be passed on.</summary>
    public int Released { get; private set; }

    /// <summary>What was read since the last call.</summary>
    public ReadOnlySpan<byte> TakeNew()
    {
        var fresh = buffer.AsSpan(seen, end - seen);
        seen = end;
        return fresh;
    }

    /// <summary>Everything that was read.</summary>
    public void ReleaseAll() => Released = end - start;

    /// <summary>What the decoder has used up.</summary>
    /// <param name="lag">How much of that it may not have given out yet, in bytes.</param>
    public void ReleaseUsed(int lag) => Released = (int)Math.Max(Released, (long)usable - lag - start);

    /// <summary>Moves what may be passed on; 0 when there is none.</summary>
    public int Take(Span<byte> output)
    {
        var count = Math.Min(output.Length, Released);
        buffer.AsSpan(start, count).CopyTo(output);
        start += count;
        Released -= count;
        return count;
    }

    /// <summary>Whether anything follows that no decoder asked for.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellation) => await ReadAsync(new byte[1], cancellation) > 0;

    /// <exception cref="InvalidDataException">More than <see cref="MostKept"/> waits already.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> output, CancellationToken cancellationToken = default)
    {
        // Who asks for more has used up what it got.
        usable = end;
        if (end - start - Released > MostKept)
            throw new InvalidDataException("a decoder took in more than it may before it gave anything out");
        var read = await inner.ReadAsync(output, cancellationToken);
        MakeRoom(read);
        output.Span[..read].CopyTo(buffer.AsSpan(end));
        end += read;
        Count += read;
        return read;
    }

    private void MakeRoom(int count)
    {
        if (end + count <= buffer.Length)
            return;
        var kept = end - start;
        var target = kept + count <= buffer.Length / 2 ? buffer : new byte[Math.Max(buffer.Length, (kept + count) * 2)];
        buffer.AsSpan(start, kept).CopyTo(target);
        buffer = target;
        usable -= start;
        seen -= start;
        end = kept;
        start = 0;
    }
}
