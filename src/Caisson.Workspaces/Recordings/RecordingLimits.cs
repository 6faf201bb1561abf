namespace Caisson.Workspaces.Recordings;

/// <summary>How much is kept, and for how long.</summary>
public sealed record RecordingLimits
{
    public long LargestBytes { get; init; } = 256L << 20;

    public TimeSpan Kept { get; init; } = TimeSpan.FromDays(30);
}
