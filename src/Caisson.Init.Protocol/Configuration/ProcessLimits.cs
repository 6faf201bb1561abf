namespace Caisson.Init.Protocol.Configuration;

/// <summary>Resource limits that each agent's process starts with; both the soft and the hard value. Null leaves what was inherited.</summary>
public sealed record ProcessLimits
{
    /// <summary>Open file descriptors of one process.</summary>
    public long? OpenFiles { get; set; } = 65_536;

    /// <summary>Processes and threads of the sandbox's user. It counts per user id outside, so it only makes sense with an id per sandbox.</summary>
    public long? Processes { get; set; }

    /// <summary>Size of a core file in bytes. Zero: a dump would copy memory into the workspace.</summary>
    public long? CoreBytes { get; set; } = 0;

    /// <summary>Value of <c>oom_score_adj</c>: agents' processes go first, before PID 1.</summary>
    public int OomScoreAdjust { get; set; } = 500;
}
