using System.Buffers.Binary;

namespace Caisson.Init.Protocol.Exit;

/// <summary>Writes an <see cref="ExitHeader"/> from raw parts, without allocating: PID 1 does this for each connection.</summary>
public ref struct ExitHeaderWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Starts a header in <paramref name="buffer"/>, which must hold <see cref="ExitHeader.MaximumLength"/> bytes.</summary>
    public ExitHeaderWriter(Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, ExitHeader.MaximumLength);
        _buffer = buffer;
        ExitHeader.Signature.CopyTo(buffer);
        buffer[12] = 0x21; // version 2, command PROXY
    }

    /// <summary>First call. Addresses are in network order, 4 or 16 bytes, both of the same family.</summary>
    public void Addresses(
        scoped ReadOnlySpan<byte> source,
        ushort sourcePort,
        scoped ReadOnlySpan<byte> destination,
        ushort destinationPort
    )
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        _buffer[13] = source.Length == 4 ? (byte)0x11 : (byte)0x21;
        source.CopyTo(_buffer[16..]);
        destination.CopyTo(_buffer[(16 + source.Length)..]);
        _length = 16 + (2 * source.Length);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], destinationPort);
        _length += 4;
    }

    /// <summary>The name behind the destination; 1 to 255 bytes.</summary>
    public void Authority(scoped ReadOnlySpan<byte> name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 255);
        Value(ExitHeader.AuthorityTlv, name);
    }

    /// <summary>The calling process. A path over 4096 bytes is left out.</summary>
    public void Caller(int pid, scoped ReadOnlySpan<byte> executable)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, pid);
        Value(ExitHeader.PidTlv, number);
        if (executable.Length is > 0 and <= 4096)
        {
            Value(ExitHeader.ExecutableTlv, executable);
        }
    }

    /// <summary>SHA-256 of the caller's executable, 32 bytes.</summary>
    public void ExecutableDigest(scoped ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, ExitHeader.DigestLength);
        Value(ExitHeader.DigestTlv, digest);
    }

    /// <summary>Last call.</summary>
    /// <returns>Bytes of the whole header.</returns>
    public readonly int Complete()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[14..], (ushort)(_length - 16));
        return _length;
    }

    private void Value(byte type, scoped ReadOnlySpan<byte> value)
    {
        _buffer[_length] = type;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 1)..], (ushort)value.Length);
        value.CopyTo(_buffer[(_length + 3)..]);
        _length += 3 + value.Length;
    }
}
