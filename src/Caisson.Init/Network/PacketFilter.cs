using Caisson.Init.Kernel;

namespace Caisson.Init.Network;

/// <summary>
/// The sandbox's nftables rules, sent to the kernel as netlink messages so that no <c>nft</c> program is needed inside:
/// <code>
/// table inet caisson {
///   chain exit_redirect { type nat hook output priority -100; policy accept;
///     ip daddr 127.0.0.0/8 accept; ip6 daddr ::1 accept; meta l4proto tcp redirect to :PORT }
///   chain exit_guard { type filter hook output priority 0; policy accept;
///     ip daddr 127.0.0.0/8 accept; ip6 daddr ::1 accept; meta l4proto tcp accept; reject with icmpx port-unreachable }
/// }
/// </code>
/// The guard lets TCP pass because its connections are redirected already; replies of the listener carry foreign destinations. Whatever else had found
/// a route in spite of <see cref="LoopbackRoutes"/> it refuses.
/// </summary>
internal static class PacketFilter
{
    private const string Table = "caisson";
    private const string Redirect = "exit_redirect";
    private const string Guard = "exit_guard";
    private const byte Inet = 1;
    private const ushort BatchBegin = 0x10;
    private const ushort BatchEnd = 0x11;
    private const ushort NewTable = (10 << 8) | 0;
    private const ushort NewChain = (10 << 8) | 3;
    private const ushort NewRule = (10 << 8) | 6;
    private const ushort GetRule = (10 << 8) | 7;
    private const int RuleCount = 7;

    /// <summary>Installs the rules as one transaction and reads them back.</summary>
    internal static void SetUp(int port)
    {
        using var netlink = new NetlinkSocket(NetlinkSocket.Netfilter);
        var number = netlink.Exchange(Rules(port));
        if (number != 0)
        {
            throw new KernelException("installing the nftables rules", number);
        }

        var dump = new NetlinkBuffer();
        Begin(dump, GetRule, NetlinkBuffer.Dump);
        dump.Text(1, Table);
        dump.End();
        var found = netlink.Count(dump, NewRule);
        if (found != RuleCount)
        {
            throw new InvalidOperationException($"the kernel holds {found} of {RuleCount} nftables rules");
        }
    }

    private static NetlinkBuffer Rules(int port)
    {
        var batch = new NetlinkBuffer();
        Batch(batch, BatchBegin);
        Begin(batch, NewTable, NetlinkBuffer.Create | NetlinkBuffer.Acknowledge);
        batch.Text(1, Table);
        batch.Number(2, 0);
        batch.End();
        Chain(batch, Redirect, "nat", -100);
        Chain(batch, Guard, "filter", 0);

        LoopbackAccepts(batch, Redirect);
        Rule(batch, Redirect, static e => e.Protocol(6), e => e.RedirectTo(port));

        LoopbackAccepts(batch, Guard);
        Rule(batch, Guard, static e => e.Protocol(6), static e => e.Accept());
        Rule(batch, Guard, static e => e.Reject());
        Batch(batch, BatchEnd);
        return batch;
    }

    private static void LoopbackAccepts(NetlinkBuffer batch, string chain)
    {
        Rule(batch, chain, static e => e.Family(2), static e => e.NetworkBytes(16, [127]), static e => e.Accept());
        Rule(
            batch,
            chain,
            static e => e.Family(10),
            static e => e.NetworkBytes(24, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            static e => e.Accept()
        );
    }

    private static void Batch(NetlinkBuffer batch, ushort type)
    {
        batch.Begin(type, 0);
        batch.Raw([0, 0, 0, 10]);
        batch.End();
    }

    private static void Begin(NetlinkBuffer batch, ushort type, ushort flags)
    {
        batch.Begin(type, flags);
        batch.Raw([Inet, 0, 0, 0]);
    }

    private static void Chain(NetlinkBuffer batch, string name, string type, int priority)
    {
        Begin(batch, NewChain, NetlinkBuffer.Create | NetlinkBuffer.Acknowledge);
        batch.Text(1, Table);
        batch.Text(3, name);
        batch.Text(7, type);
        batch.Number(5, 1); // policy accept
        var hook = batch.BeginNest(4);
        batch.Number(1, 3); // output
        batch.Number(2, unchecked((uint)priority));
        batch.EndNest(hook);
        batch.End();
    }

    private static void Rule(NetlinkBuffer batch, string chain, params ReadOnlySpan<Action<RuleExpressions>> expressions)
    {
        Begin(batch, NewRule, NetlinkBuffer.Create | NetlinkBuffer.Append | NetlinkBuffer.Acknowledge);
        batch.Text(1, Table);
        batch.Text(2, chain);
        var list = batch.BeginNest(4);
        foreach (var expression in expressions)
        {
            expression(new RuleExpressions(batch));
        }

        batch.EndNest(list);
        batch.End();
    }
}
