using System.Net;
using System.Net.NetworkInformation;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Upstream;

/// <summary>Keeps sandboxes away from what lies beside the internet: this host, its neighbours, cloud metadata.</summary>
internal sealed class AddressGuard(
    IReadOnlyList<IPEndPoint> ownListeners,
    TimeProvider time,
    Func<IEnumerable<IPAddress>>? ownAddresses = null
)
{
    // Addresses of this host change when a VPN or a container network comes up; asking the kernel for each connection would be dear.
    private static readonly TimeSpan OwnAddressesFor = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private HashSet<IPAddress> own = [];
    private long ownSince;
    private bool haveOwn;

    /// <summary>Checks all addresses of a host. One that is not allowed refuses the host as a whole.</summary>
    /// <param name="host">For the message.</param>
    /// <param name="candidates">All that the name resolved to.</param>
    /// <param name="port">Where the connection would go.</param>
    /// <param name="allowed">Ranges that the route allows although they are not public.</param>
    /// <exception cref="UpstreamFault">With the address and its kind in words.</exception>
    public void Check(string host, IReadOnlyList<IPAddress> candidates, int port, IReadOnlyList<IPNetwork> allowed)
    {
        foreach (var candidate in candidates)
        {
            var address = AddressRange.Decode(candidate);
            if (AddressRange.IsMetadata(address) || AddressRange.IsMetadata(candidate))
                throw Refused(host, candidate, "a cloud metadata service, which no policy can open");
            if (IsOwnListener(address, port))
                throw Refused(host, candidate, "Caisson's own server, which no policy can open");
            var kind = AddressRange.SpecialKind(address) ?? (IsOwn(address) ? "this host's own address" : null);
            if (kind is null)
                continue;
            if (!IsAllowed(candidate, address, allowed))
                throw Refused(host, candidate, kind);
        }
    }

    /// <summary>Refuses the server's own listeners, also for an address that an operator gave.</summary>
    public void CheckOwnListener(string host, IPEndPoint target)
    {
        if (IsOwnListener(AddressRange.Decode(target.Address), target.Port))
            throw Refused(host, target.Address, "Caisson's own server, which no policy can open");
    }

    private static bool IsAllowed(IPAddress candidate, IPAddress decoded, IReadOnlyList<IPNetwork> allowed)
    {
        foreach (var range in allowed)
        {
            if (range.Contains(candidate) || range.Contains(decoded))
                return true;
        }
        return false;
    }

    private bool IsOwnListener(IPAddress address, int port)
    {
        foreach (var listener in ownListeners)
        {
            if (listener.Port != port)
                continue;
            if (listener.Address.Equals(address))
                return true;
            var any = listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any);
            if (any && (IPAddress.IsLoopback(address) || IsOwn(address)))
                return true;
        }
        return false;
    }

    private bool IsOwn(IPAddress address)
    {
        lock (gate)
        {
            if (!haveOwn || time.GetElapsedTime(ownSince) > OwnAddressesFor)
            {
                own = [.. (ownAddresses ?? OfInterfaces)()];
                ownSince = time.GetTimestamp();
                haveOwn = true;
            }
            return own.Contains(address);
        }
    }

    private static IEnumerable<IPAddress> OfInterfaces() =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address);

    private static UpstreamFault Refused(string host, IPAddress address, string kind) =>
        new(
            Reason.PrivateAddress,
            403,
            $"{host} resolves to {address}, which is {kind}. Sandboxes reach public addresses only.",
            "If this host is meant to be internal, ask the operator to add the range to allow_private of its route."
        );
}
