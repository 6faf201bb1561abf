using System.Buffers.Binary;

namespace Caisson.Init.Flows;

/// <summary>A socket address as the kernel gives it, with an IPv4-mapped IPv6 address read as the IPv4 address that it is.</summary>
internal readonly ref struct KernelAddress(ReadOnlySpan<byte> raw)
{
    private const ushort FamilyV6 = 10;
    private readonly ReadOnlySpan<byte> _raw = raw;

    internal ushort Port => BinaryPrimitives.ReadUInt16BigEndian(_raw[2..]);

    /// <summary>4 or 16 bytes in network order.</summary>
    internal ReadOnlySpan<byte> Address
    {
        get
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(_raw) != FamilyV6)
            {
                return _raw.Slice(4, 4);
            }

            var address = _raw.Slice(8, 16);
            return address[..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? address[12..] : address;
        }
    }

    internal bool IsLoopback => Address.Length == 4 ? Address[0] == 127 : Address[..15].IndexOfAnyExcept((byte)0) < 0 && Address[15] == 1;
}
