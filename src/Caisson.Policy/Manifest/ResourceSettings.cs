namespace Caisson.Policy.Manifest;

/// <summary>The block <c>resources</c>: what a policy sets, without defaults.</summary>
public sealed record ResourceSettings
{
    /// <summary>Processors; parts allowed.</summary>
    public Setting<double>? Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public Setting<long>? Memory { get; init; }
    public Setting<int>? Pids { get; init; }

    /// <summary>Bytes.</summary>
    public Setting<long>? Disk { get; init; }

    /// <summary>Open files.</summary>
    public Setting<int>? Files { get; init; }
}
