using System.Net;
using Caisson.VendorStandIns.Certificates;
using Caisson.VendorStandIns.Traffic;

namespace Caisson.VendorStandIns;

/// <summary>How one run of the stand-ins is set up.</summary>
/// <param name="Listen">Address and port; port 0 takes a free one.</param>
/// <param name="Keys">The only keys that are accepted.</param>
public sealed record StandInOptions(IPEndPoint Listen, VendorKeys Keys)
{
    /// <summary>Null: one is made for this run. The server disposes it.</summary>
    public StandInAuthority? Authority { get; init; }

    /// <summary>Off: <c>api.openai.com</c> answers 426 to a WebSocket, as a network that breaks them would.</summary>
    public bool WebSockets { get; init; } = true;

    /// <summary>Called once for each answered request, also for those of hosts that are not served.</summary>
    public Action<SeenRequest>? Seen { get; init; }
}
