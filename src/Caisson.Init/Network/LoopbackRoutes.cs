using System.Buffers.Binary;
using Caisson.Init.Kernel;

namespace Caisson.Init.Network;

/// <summary>
/// Makes every address of both families local to this network namespace, whose only interface is <c>lo</c>, and lets TCP alone get there:
/// <code>
/// ip route add local default dev lo table local
/// ip rule add pref 10 to 127.0.0.0/8 lookup local
/// ip rule add pref 20 not ipproto tcp unreachable
/// ip rule add pref 30 lookup local
/// ip rule del pref 0
/// </code>
/// TCP connections are redirected then. Datagrams, QUIC and pings fail with ENETUNREACH in the very call that sends or connects, on every kind of socket;
/// an answer by ICMP would reach connected sockets alone. The route has to be in the table "local": only there does the kernel look for source addresses.
/// </summary>
internal static class LoopbackRoutes
{
    private const int LoopbackIndex = 1; // the first interface of every network namespace
    private const ushort NewLink = 16;
    private const ushort NewRoute = 24;
    private const ushort NewRule = 32;
    private const ushort DeleteRule = 33;
    private const ushort OutputInterface = 4;
    private const ushort RuleDestination = 1;
    private const ushort RulePriority = 6;
    private const ushort RuleProtocol = 22;
    private const byte LocalTable = 255;
    private const byte LookUp = 1;
    private const byte Unreachable = 7;
    private const byte Tcp = 6;

    /// <returns>Whether IPv6 is there as well.</returns>
    internal static bool SetUp()
    {
        using var netlink = new NetlinkSocket(NetlinkSocket.Route);
        Check(netlink.Exchange(LinkUp()), "bringing lo up");
        Check(netlink.Exchange(LocalDefault(SocketNumbers.InternetV4)), "adding the route `local default dev lo`");
        Check(netlink.Exchange(Rules(SocketNumbers.InternetV4, [127, 0, 0, 0], 8)), "setting the routing rules");
        var number = netlink.Exchange(LocalDefault(SocketNumbers.InternetV6));

        // A kernel booted without IPv6 has nothing to route; nothing can leave that way either.
        if (number is Errno.AddressFamilyUnsupported or 95 or Errno.NoSuchDevice)
        {
            return false;
        }

        Check(number, "adding the IPv6 route `local default dev lo`");
        ReadOnlySpan<byte> loopback = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        Check(netlink.Exchange(Rules(SocketNumbers.InternetV6, loopback, 128)), "setting the IPv6 routing rules");
        return true;
    }

    private static NetlinkBuffer LinkUp()
    {
        Span<byte> link = stackalloc byte[16];
        link.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(link[4..], LoopbackIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(link[8..], 1); // IFF_UP
        BinaryPrimitives.WriteUInt32LittleEndian(link[12..], 1);
        var message = new NetlinkBuffer();
        message.Begin(NewLink, NetlinkBuffer.Acknowledge);
        message.Raw(link);
        message.End();
        return message;
    }

    private static NetlinkBuffer LocalDefault(int family)
    {
        // struct rtmsg: family, prefix lengths, tos, table local, protocol boot, scope host, type local, flags.
        ReadOnlySpan<byte> route = [(byte)family, 0, 0, 0, LocalTable, 3, 254, 2, 0, 0, 0, 0];
        Span<byte> index = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(index, LoopbackIndex);
        var message = new NetlinkBuffer();
        message.Begin(NewRoute, NetlinkBuffer.Acknowledge | NetlinkBuffer.Create | NetlinkBuffer.Exclusive);
        message.Raw(route);
        message.Attribute(OutputInterface, index);
        message.End();
        return message;
    }

    private static NetlinkBuffer Rules(int family, ReadOnlySpan<byte> loopback, byte prefix)
    {
        var message = new NetlinkBuffer();
        Begin(NewRule, prefix, LookUp, inverted: 0, priority: 10);
        message.Attribute(RuleDestination, loopback);
        message.End();
        Begin(NewRule, 0, Unreachable, inverted: 2, priority: 20);
        message.Attribute(RuleProtocol, [Tcp]);
        message.End();
        Begin(NewRule, 0, LookUp, inverted: 0, priority: 30);
        message.End();
        Begin(DeleteRule, 0, LookUp, inverted: 0, priority: 0); // the kernel's own, which knows no protocols
        message.End();
        return message;

        void Begin(ushort type, byte destinationLength, byte action, byte inverted, int priority)
        {
            var change = type == NewRule ? (ushort)(NetlinkBuffer.Create | NetlinkBuffer.Exclusive) : (ushort)0;
            message.Begin(type, (ushort)(NetlinkBuffer.Acknowledge | change));

            // struct fib_rule_hdr: family, prefix lengths, tos, table, two reserved, action, flags (host order).
            var table = action == LookUp ? LocalTable : (byte)0;
            Span<byte> header = [(byte)family, destinationLength, 0, 0, table, 0, 0, action, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], inverted);
            message.Raw(header);
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(number, priority);
            message.Attribute(RulePriority, number);
        }
    }

    private static void Check(int number, string what)
    {
        if (number != 0)
        {
            throw new KernelException(what, number);
        }
    }
}
