using System.Buffers.Binary;

namespace Caisson.Detection.Containers;

/// <summary>Reads another stream and remembers the last four bytes.</summary>
internal sealed class TailStream(Stream inner) : ReadOnlyStream
{
    private readonly byte[] last = new byte[4];

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        var from = buffer[..read];
        if (read >= last.Length)
            from[^last.Length..].CopyTo(last);
        else
        {
            last.AsSpan(read).CopyTo(last);
            from.CopyTo(last.AsSpan(last.Length - read));
        }
        return read;
    }

    /// <summary>Reads the rest and returns the last four bytes as a number, the least significant first.</summary>
    internal uint ReadToEnd()
    {
        Span<byte> rest = stackalloc byte[1024];
        while (Read(rest) > 0) { }
        return BinaryPrimitives.ReadUInt32LittleEndian(last);
    }
}
