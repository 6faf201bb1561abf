using System.Buffers.Binary;

namespace Caisson.Init.Network;

/// <summary>The expressions that our nftables rules are made of (linux/netfilter/nf_tables.h); register 1 carries values.</summary>
internal readonly struct RuleExpressions(NetlinkBuffer buffer)
{
    private const ushort Element = 1;

    /// <summary>Matches the address family of an inet packet.</summary>
    internal void Family(byte family)
    {
        Load("meta", 2, 15, 1);
        Equal([family]);
    }

    internal void Protocol(byte number)
    {
        Load("meta", 2, 16, 1);
        Equal([number]);
    }

    internal void NetworkBytes(uint offset, ReadOnlySpan<byte> value) => Payload(1, offset, value);

    internal void Accept()
    {
        var (element, data) = Begin("immediate");
        buffer.Number(1, 0); // the verdict register
        var value = buffer.BeginNest(2);
        var verdict = buffer.BeginNest(2);
        buffer.Number(1, 1);
        buffer.EndNest(verdict);
        buffer.EndNest(value);
        End(element, data);
    }

    internal void RedirectTo(int port)
    {
        Span<byte> number = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)port);
        var (element, data) = Begin("immediate");
        buffer.Number(1, 1);
        var value = buffer.BeginNest(2);
        buffer.Attribute(1, number);
        buffer.EndNest(value);
        End(element, data);

        (element, data) = Begin("redir");
        buffer.Number(1, 1); // lowest port from register 1
        buffer.Number(3, 2); // a port is specified
        End(element, data);
    }

    internal void Reject()
    {
        var (element, data) = Begin("reject");
        buffer.Number(1, 2); // icmpx: the fitting message of either family
        buffer.Attribute(2, [1]); // port unreachable
        End(element, data);
    }

    private void Payload(uint start, uint offset, ReadOnlySpan<byte> value)
    {
        var (element, data) = Begin("payload");
        buffer.Number(1, 1);
        buffer.Number(2, start);
        buffer.Number(3, offset);
        buffer.Number(4, (uint)value.Length);
        End(element, data);
        Equal(value);
    }

    private void Load(string name, ushort keyType, uint key, ushort registerType)
    {
        var (element, data) = Begin(name);
        buffer.Number(keyType, key);
        buffer.Number(registerType, 1);
        End(element, data);
    }

    private void Equal(ReadOnlySpan<byte> value)
    {
        var (element, data) = Begin("cmp");
        buffer.Number(1, 1);
        buffer.Number(2, 0);
        var nest = buffer.BeginNest(3);
        buffer.Attribute(1, value);
        buffer.EndNest(nest);
        End(element, data);
    }

    private (int Element, int Data) Begin(string name)
    {
        var element = buffer.BeginNest(Element);
        buffer.Text(1, name);
        return (element, buffer.BeginNest(2));
    }

    private void End(int element, int data)
    {
        buffer.EndNest(data);
        buffer.EndNest(element);
    }
}
