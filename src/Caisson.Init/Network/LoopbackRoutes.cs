using System.Buffers.Binary;
using Caisson.Init.Kernel;

namespace Caisson.Init.Network;

/// <summary>Makes every address of both families local to this network namespace, whose only interface is <c>lo</c>.</summary>
internal static class LoopbackRoutes
{
    private const int LoopbackIndex = 1; // the first interface of every network namespace
    private const ushort NewLink = 16;
    private const ushort NewRoute = 24;
    private const ushort OutputInterface = 4;

    /// <returns>Whether IPv6 is there as well.</returns>
    internal static bool SetUp()
    {
        using var netlink = new NetlinkSocket(NetlinkSocket.Route);
        Check(netlink.Exchange(LinkUp()), "bringing lo up");
        Check(netlink.Exchange(LocalDefault(SocketNumbers.InternetV4)), "adding the route `local default dev lo`");
        var number = netlink.Exchange(LocalDefault(SocketNumbers.InternetV6));

        // A kernel booted without IPv6 has nothing to route; nothing can leave that way either.
        if (number is Errno.AddressFamilyUnsupported or 95 or Errno.NoSuchDevice)
        {
            return false;
        }

        Check(number, "adding the IPv6 route `local default dev lo`");
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
        ReadOnlySpan<byte> route = [(byte)family, 0, 0, 0, 255, 3, 254, 2, 0, 0, 0, 0];
        Span<byte> index = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(index, LoopbackIndex);
        var message = new NetlinkBuffer();
        message.Begin(NewRoute, NetlinkBuffer.Acknowledge | NetlinkBuffer.Create | NetlinkBuffer.Exclusive);
        message.Raw(route);
        message.Attribute(OutputInterface, index);
        message.End();
        return message;
    }

    private static void Check(int number, string what)
    {
        if (number is not (0 or Errno.Exists))
        {
            throw new KernelException(what, number);
        }
    }
}
