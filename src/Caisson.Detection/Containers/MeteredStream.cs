namespace Caisson.Detection.Containers;

/// <summary>Reads another stream and pays for what it reads.</summary>
internal sealed class MeteredStream(Stream inner, Budget budget) : ReadOnlyStream
{
    /// <summary>How many bytes were read.</summary>
    internal long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        budget.Take(read);
        Count += read;
        return read;
    }
}
