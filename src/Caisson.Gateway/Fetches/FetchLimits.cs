namespace Caisson.Gateway.Fetches;

/// <summary>What the shared fetches of a server may take.</summary>
internal sealed record FetchLimits
{
    /// <summary>Bytes of one answer. A larger one breaks off, and is fetched by each for itself from then on.</summary>
    public long Answer { get; init; } = 2L << 30;

    /// <summary>Bytes of all answers together.</summary>
    public long Together { get; init; } = 4L << 30;

    /// <summary>Bytes of the disk that stay free.</summary>
    public long Free { get; init; } = 1L << 30;

    /// <summary>An answer that nobody read for so long is given up.</summary>
    public TimeSpan Kept { get; init; } = TimeSpan.FromMinutes(30);
}
