using System.Net;
using Caisson.Policy;

namespace Caisson.Gateway.Upstream;

/// <summary>The ranges of <c>allow_private</c>, parsed.</summary>
internal static class PrivateRanges
{
    /// <summary>A bare address stands for itself. The validator has seen them all; what is no range allows nothing.</summary>
    public static IReadOnlyList<IPNetwork> Of(Route? route)
    {
        if (route is null || route.AllowPrivate.Count == 0)
            return [];
        var ranges = new List<IPNetwork>(route.AllowPrivate.Count);
        foreach (var text in route.AllowPrivate)
        {
            if (IPNetwork.TryParse(text, out var range))
                ranges.Add(range);
            else if (IPAddress.TryParse(text, out var address))
                ranges.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
        }
        return ranges;
    }
}
