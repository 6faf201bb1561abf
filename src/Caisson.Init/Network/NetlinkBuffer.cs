using System.Buffers.Binary;
using System.Text;

namespace Caisson.Init.Network;

/// <summary>Builds netlink messages one after the other in one buffer; lengths are filled in when a message or nest ends.</summary>
internal sealed class NetlinkBuffer
{
    internal const ushort Request = 0x1;
    internal const ushort Acknowledge = 0x4;
    internal const ushort Exclusive = 0x200;
    internal const ushort Dump = 0x300;
    internal const ushort Create = 0x400;
    internal const ushort Append = 0x800;
    private const ushort NestedBit = 0x8000;

    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _message;
    private uint _sequence;

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Messages that asked for an acknowledgement.</summary>
    internal int Expected { get; private set; }

    internal void Begin(ushort type, ushort flags)
    {
        _message = _length;
        var header = Take(16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)(flags | Request));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], ++_sequence);
        Expected += (flags & Acknowledge) != 0 ? 1 : 0;
    }

    internal void End() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_message), _length - _message);

    /// <summary>Fixed part of a message.</summary>
    internal void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    internal void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var target = Take(4 + value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], type);
        value.CopyTo(target[4..]);
    }

    /// <summary>A 32-bit number in network order, as nfnetlink wants it.</summary>
    internal void Number(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Attribute(type, bytes);
    }

    internal void Text(ushort type, string value) => Attribute(type, Encoding.ASCII.GetBytes(value + "\0"));

    /// <summary>Opens a nest; hand the result to <see cref="EndNest"/>.</summary>
    internal int BeginNest(ushort type)
    {
        var start = _length;
        BinaryPrimitives.WriteUInt16LittleEndian(Take(4)[2..], (ushort)(type | NestedBit));
        return start;
    }

    internal void EndNest(int start) => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), (ushort)(_length - start));

    // Everything in a netlink message is aligned to four bytes.
    private Span<byte> Take(int count)
    {
        var padded = (count + 3) & ~3;
        if (_length + padded > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        var span = _bytes.AsSpan(_length, padded);
        span.Clear();
        _length += padded;
        return span[..count];
    }
}
