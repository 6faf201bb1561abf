namespace Caisson.Detection.Containers;

/// <summary>What opening one container may cost, everything inside it counted together. Going over is a finding, never a pass.</summary>
public sealed record ContainerLimits
{
    public static ContainerLimits Default { get; } = new();

    /// <summary>How many containers inside one another are opened. What gzip packs is no further one when it is a tar.</summary>
    public int Depth { get; init; } = 2;

    /// <summary>How many bytes may come out of one byte.</summary>
    public int Growth { get; init; } = 8;

    /// <summary>The same for a container under 1 MiB.</summary>
    public int GrowthOfSmall { get; init; } = 200;

    /// <summary>How many bytes may come out at all.</summary>
    public long Most { get; init; } = 256L << 20;

    /// <summary>How large a zip inside another container may be, in bytes: it is held in memory.</summary>
    public long InMemory { get; init; } = 64L << 20;

    internal long Budget(long length) => Math.Min(Most, length * (length < 1 << 20 ? GrowthOfSmall : Growth));
}
