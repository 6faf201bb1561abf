using System.Net;
using Caisson.Audit;
using Caisson.Detection.Findings;

namespace Caisson.Gateway;

/// <summary>What holds for all sandboxes of a server. To add a setting: a property here with its default, its unit and what it guards.</summary>
public sealed record GatewayOptions
{
    /// <summary>Where every decision is recorded. A request that cannot be recorded does not pass.</summary>
    public required IDecisionLog Decisions { get; init; }

    /// <summary>Hosts whose address the operator gives.</summary>
    public IReadOnlyList<ResolveOverride> Resolve { get; init; } = [];

    /// <summary>PEM file of root certificates that are trusted for all upstreams beside the system's, or null.</summary>
    public string? UpstreamCaFile { get; init; }

    /// <summary>The server's own TCP listeners: never reachable from a sandbox, whatever a route or an override says.</summary>
    public IReadOnlyList<IPEndPoint> OwnListeners { get; init; } = [];

    /// <summary>Makes what stands for a found secret in records. Its key is the server's, so that the same secret looks the same after a restart.</summary>
    public Fingerprints Fingerprints { get; init; } = Fingerprints.Ephemeral();

    /// <summary>A folder for answers that sandboxes share while they start; null: they share none.</summary>
    public string? FetchDirectory { get; init; }

    internal Fetches.FetchLimits FetchLimits { get; init; } = new();

    public GatewayTimeouts Timeouts { get; init; } = new();
}

/// <summary>How long each stage may take.</summary>
public sealed record GatewayTimeouts
{
    /// <summary>From a connection's start until its header from <c>caisson-init</c> is there.</summary>
    public TimeSpan Identify { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From there until enough bytes came to tell the protocol.</summary>
    public TimeSpan Classify { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>TLS handshake with the client, and with the upstream.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All headers of a request.</summary>
    public TimeSpan RequestHeaders { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>TCP connection to the upstream, all its addresses together.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the request until the upstream's first answer byte. Models may think for minutes.</summary>
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Silence in both directions.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(300);
}
