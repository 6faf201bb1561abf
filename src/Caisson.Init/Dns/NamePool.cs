using System.Buffers.Binary;
using System.Net;

namespace Caisson.Init.Dns;

/// <summary>
/// Gives each name that is asked for an address of its own in either family, for as long as the sandbox lives, and tells later which name
/// an address stands for. An address is never given to a second name: an old one in some program's memory would lead elsewhere.
/// </summary>
internal sealed class NamePool
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly uint _firstV4;
    private readonly ulong _prefixV6;
    private readonly int _capacity;

    internal NamePool(string poolV4, string poolV6, int limit)
    {
        var v4 = IPNetwork.Parse(poolV4);
        var v6 = IPNetwork.Parse(poolV6);
        if (v6.PrefixLength != 64 || v4.PrefixLength > 30)
        {
            throw new FormatException("name pools: an IPv4 range of at least four addresses and an IPv6 /64 are needed");
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = v4.BaseAddress.TryWriteBytes(bytes, out _);
        _firstV4 = BinaryPrimitives.ReadUInt32BigEndian(bytes) + 1;
        _ = v6.BaseAddress.TryWriteBytes(bytes, out _);
        _prefixV6 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _capacity = (int)Math.Min(limit, (1L << (32 - v4.PrefixLength)) - 2);
    }

    internal int Count => _names.Count;

    /// <summary>The number of a name, given now if it is new; -1 when all are taken.</summary>
    internal int Take(string name)
    {
        if (_byName.TryGetValue(name, out var index))
        {
            return index;
        }

        if (_names.Count >= _capacity)
        {
            return -1;
        }

        _names.Add(name);
        _byName.Add(name, _names.Count - 1);
        return _names.Count - 1;
    }

    /// <summary>Writes a name's address: into 4 bytes its IPv4 address, into 16 its IPv6 address.</summary>
    internal void Write(int index, Span<byte> address)
    {
        if (address.Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address, _firstV4 + (uint)index);
            return;
        }

        BinaryPrimitives.WriteUInt64BigEndian(address, _prefixV6);
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], (ulong)index + 1);
    }

    /// <summary>The name that an address of 4 or 16 bytes stands for; null for any other.</summary>
    internal string? Find(ReadOnlySpan<byte> address)
    {
        ulong index;
        if (address.Length == 4)
        {
            index = unchecked(BinaryPrimitives.ReadUInt32BigEndian(address) - _firstV4);
        }
        else if (BinaryPrimitives.ReadUInt64BigEndian(address) == _prefixV6)
        {
            index = unchecked(BinaryPrimitives.ReadUInt64BigEndian(address[8..]) - 1);
        }
        else
        {
            return null;
        }

        return index < (ulong)_names.Count ? _names[(int)index] : null;
    }
}
