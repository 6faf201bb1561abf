namespace Caisson.Detection;

/// <summary>What one scan may cost. Going over is a finding, never a pass.</summary>
public sealed record ScanLimits
{
    public static ScanLimits Default { get; } = new();

    /// <summary>How many codings inside one another are opened, from 0 to 4.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>How many bytes are opened for each byte of the content, all codings together and each way of reading it counted.</summary>
    public int OpenedPerByte { get; init; } = 32;

    /// <summary>How many bytes are opened at least before the content's length counts.</summary>
    public int OpenedAtLeast { get; init; } = 1 << 20;

    /// <summary>How many findings are told; more only say that there are more.</summary>
    public int Findings { get; init; } = 1000;
}
