using System.Net;
using System.Net.Sockets;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Upstream;

/// <summary>
/// Opens connections to upstreams: 1 resolve, 2 check every candidate, 3 connect to exactly an address that was checked. There is no lookup after
/// the check, and each new connection is checked anew.
/// </summary>
internal sealed class Connector(IReadOnlyList<ResolveOverride> overrides, AddressGuard guard, GatewayTimeouts timeouts, TimeProvider time)
{
    private readonly Dictionary<(string Host, int Port), IPEndPoint> overrides = overrides
        .GroupBy(o => (o.Host, o.Port))
        .ToDictionary(g => g.Key, g => g.Last().Address);

    /// <exception cref="UpstreamFault">It was refused, or not reached in time.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, IReadOnlyList<IPNetwork> allowPrivate, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeouts.Connect, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            if (overrides.TryGetValue((host, port), out var given))
            {
                guard.CheckOwnListener(host, given);
                return await ConnectAsync(given, both.Token);
            }
            var candidates = await ResolveAsync(host, both.Token);
            guard.Check(host, candidates, port, allowPrivate);
            return await ConnectToAnyAsync(candidates, port, both.Token);
        }
        catch (SocketException e)
        {
            throw Unreachable(host, port, Words(e.SocketErrorCode));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new UpstreamFault(
                Reason.UpstreamTimeout,
                504,
                $"{host}:{port} did not accept a connection within {timeouts.Connect.TotalSeconds:0} s (stage: connect).",
                "The upstream may be down. Try again later."
            );
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        IPAddress[] candidates;
        try
        {
            candidates = await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (SocketException)
        {
            candidates = [];
        }
        return candidates.Length > 0
            ? candidates
            : throw new UpstreamFault(
                Reason.UpstreamUnreachable,
                502,
                $"{host} is allowed, but its name does not resolve (stage: name lookup).",
                "Check the spelling. If the name is internal, ask the operator to resolve it for Caisson."
            );
    }

    private async Task<Socket> ConnectToAnyAsync(IPAddress[] candidates, int port, CancellationToken cancellation)
    {
        SocketException? last = null;
        for (var i = 0; i < candidates.Length; i++)
        {
            // Each one gets its share of the time, so that a dead address does not cost the others theirs.
            using var share = new CancellationTokenSource(timeouts.Connect / (candidates.Length - i + 1), time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(
                i == candidates.Length - 1 ? CancellationToken.None : share.Token,
                cancellation
            );
            try
            {
                return await ConnectAsync(new IPEndPoint(candidates[i], port), both.Token);
            }
            catch (SocketException e)
            {
                last = e;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                last = new SocketException((int)SocketError.TimedOut);
            }
        }
        throw last!;
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint target, CancellationToken cancellation)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static UpstreamFault Unreachable(string host, int port, string cause) =>
        new(
            Reason.UpstreamUnreachable,
            502,
            $"{host}:{port} is allowed, but it cannot be reached: {cause} (stage: connect).",
            "The policy is not the cause. The upstream may be down; try again later."
        );

    private static string Words(SocketError error) =>
        error switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostUnreachable => "no route to the host",
            SocketError.NetworkUnreachable => "the network is unreachable",
            SocketError.TimedOut => "no answer in time",
            SocketError.ConnectionReset => "connection reset",
            _ => error.ToString(),
        };
}
