using Caisson.Policy.Manifest;

namespace Caisson.Policy;

public enum RouteProtocol
{
    Http,
    Grpc,
    WebSocket,
    Mcp,
    GraphQl,
    Tcp,
    Ssh,
}

public enum TlsMode
{
    Intercept,
    Passthrough,
}

/// <summary>One allowed destination with its rules: an entry of <c>routes[]</c>, after validation.</summary>
public sealed record Route
{
    /// <summary>Exact host, <c>*.example.com</c> (one label) or <c>**.example.com</c> (any depth), lower case.</summary>
    public required string Host { get; init; }

    public IReadOnlyList<int> Ports { get; init; } = [80, 443];

    public RouteProtocol Protocol { get; init; }

    public TlsMode Tls { get; init; }

    /// <summary>Alternatives; empty means the whole host.</summary>
    public IReadOnlyList<MatchRule> Match { get; init; } = [];

    /// <summary>Beats every allow.</summary>
    public IReadOnlyList<MatchRule> Deny { get; init; } = [];

    /// <summary>Name of the credential for requests whose match entry names none.</summary>
    public string? Credential { get; init; }

    /// <summary>
    /// Name of a login whose renewal requests here ask for: the gateway answers them itself, with placeholders, and nothing is sent on. Set by agent
    /// providers alone.
    /// </summary>
    public string? Renews { get; init; }

    /// <summary>Ranges (CIDR) of otherwise refused addresses that this host's name may resolve to.</summary>
    public IReadOnlyList<string> AllowPrivate { get; init; } = [];

    /// <summary>PEM file whose certificates are trusted for this host beside the system's.</summary>
    public string? UpstreamCa { get; init; }

    /// <summary>What is looked for in what leaves here; after composition with what the policy says for all its routes.</summary>
    public DetectSettings Detect { get; init; } = new();

    public string? Comment { get; init; }

    /// <summary>How people find this route in its file: <c>routes[2]</c>. Null: its place in the table.</summary>
    public string? Label { get; init; }

    /// <summary>Layer, file and line that this route was written in.</summary>
    public required Origin Origin { get; init; }
}

public enum PathMatch
{
    Prefix,
    Exact,
    Glob,
    Regex,
}

public sealed record PathRule(PathMatch Type, string Value);

/// <summary>One entry of <c>match[]</c> or <c>deny[]</c>: conditions joined by AND.</summary>
public sealed record MatchRule
{
    public IReadOnlyList<PathRule> Paths { get; init; } = [];

    /// <summary>Upper case, <c>read</c> already expanded to GET, HEAD and OPTIONS. Empty: every method.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];
    public string? Credential { get; init; }
    public required Origin Origin { get; init; }
}

public enum Layer
{
    Maximum,
    Preset,
    Parent,
    Policy,
    Launch,
    AgentProvider,
    Profile,
    Grant,

    /// <summary>Nobody wrote it: what Caisson does unless told otherwise.</summary>
    Default,
}

/// <summary>Where an effective value comes from. Line and column start at 1; 0 where there is no file.</summary>
public sealed record Origin(Layer Layer, string File, int Line = 0, int Column = 0)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}
