namespace Caisson.Detection.Containers;

/// <summary>What was read of a stream to see what it is, and then the rest of it.</summary>
public sealed class RejoinedStream(ReadOnlyMemory<byte> beginning, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> beginning = beginning;

    public override int Read(Span<byte> buffer)
    {
        if (beginning.IsEmpty)
            return rest.Read(buffer);
        var count = Math.Min(buffer.Length, beginning.Length);
        beginning.Span[..count].CopyTo(buffer);
        beginning = beginning[count..];
        return count;
    }
}
