namespace Caisson.Policy.Manifest;

/// <summary>What is looked for in what leaves, and what follows from a find, as a policy or a route writes it. Null: nothing is said about it.</summary>
public sealed record DetectSettings
{
    /// <summary>Detectors for what leaves. Known values of other credentials, canaries and placeholders are always looked for.</summary>
    public Setting<IReadOnlyList<OutboundDetector>>? Outbound { get; init; }

    public Setting<DetectAction>? OnMatch { get; init; }

    /// <summary>Of a whole policy only; null is <see cref="CanaryPlacement.Env"/>.</summary>
    public Setting<CanaryPlacement>? Canaries { get; init; }

    /// <summary>These settings where they say something, else the others.</summary>
    public DetectSettings Over(DetectSettings other) =>
        new()
        {
            Outbound = Outbound ?? other.Outbound,
            OnMatch = OnMatch ?? other.OnMatch,
            Canaries = Canaries ?? other.Canaries,
        };
}

/// <summary>What looks at outgoing bytes.</summary>
public enum OutboundDetector
{
    /// <summary>What a secret of some kind looks like.</summary>
    Patterns,

    /// <summary>Values that the platform holds.</summary>
    Known,
}

/// <summary>Where decoys lie.</summary>
public enum CanaryPlacement
{
    /// <summary>In an environment variable.</summary>
    Env,

    /// <summary>In files of the home as well.</summary>
    Files,
}

/// <summary>What follows from a find.</summary>
public enum DetectAction
{
    /// <summary>The request doesn't leave.</summary>
    Deny,

    /// <summary>A person decides. Without anybody to ask it is a denial.</summary>
    Hold,

    /// <summary>It leaves without the find.</summary>
    Redact,

    /// <summary>It leaves, and is on record.</summary>
    Warn,
}
