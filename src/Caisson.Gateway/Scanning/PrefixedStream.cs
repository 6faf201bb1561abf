using Caisson.Gateway.Http;

namespace Caisson.Gateway.Scanning;

/// <summary>A stream of which the beginning was read already.</summary>
internal sealed class PrefixedStream(byte[] beginning, Stream rest) : ReadOnlyBody
{
    private int taken;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (taken == beginning.Length)
            return rest.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, beginning.Length - taken);
        beginning.AsMemory(taken, count).CopyTo(buffer);
        taken += count;
        return ValueTask.FromResult(count);
    }
}
