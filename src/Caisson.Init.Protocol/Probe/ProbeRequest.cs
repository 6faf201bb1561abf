namespace Caisson.Init.Protocol.Probe;

/// <summary>
/// What <c>caisson-init probe</c>, run as an agent's process, is told on standard input: what the plan promises, so that it can find out from
/// the inside whether it holds.
/// </summary>
public sealed record ProbeRequest
{
    /// <summary>The id that the gateway must answer with; it proves that this sandbox's exit leads to this sandbox's gateway.</summary>
    public required string SandboxId { get; set; }

    /// <summary>False leaves out the checks that need an answer of the gateway. For tests only.</summary>
    public bool Gateway { get; set; } = true;

    public int UserId { get; set; } = 1000;

    public int GroupId { get; set; } = 1000;

    /// <summary>Mount points that agents may write to. Any other writable mount, besides those of <c>/dev</c> and <c>/proc</c>, is a failure.</summary>
    public IReadOnlyList<string> WritableMounts { get; set; } = [];

    /// <summary>Mount points that must be there and read-only.</summary>
    public IReadOnlyList<string> ReadOnlyMounts { get; set; } = [];

    /// <summary>Soft limit of open files that the plan promises; 0 leaves it out.</summary>
    public long OpenFiles { get; set; }

    /// <summary>Soft limit of processes that the plan promises; 0 leaves it out.</summary>
    public long Processes { get; set; }

    /// <summary>Where the sockets were mounted before PID 1 hid them.</summary>
    public string SocketDirectory { get; set; } = "/run/caisson";

    /// <summary>Longest time for all network checks together. What is undecided then has failed.</summary>
    public int TimeoutMilliseconds { get; set; } = 250;
}

/// <summary>One check.</summary>
/// <param name="Name">Stable name, such as <c>interfaces</c> or <c>connect 1.1.1.1:443</c>.</param>
/// <param name="Ok">Whether the promise holds.</param>
/// <param name="Detail">What was found, in words.</param>
public sealed record ProbeCheck(string Name, bool Ok, string Detail)
{
    /// <summary>How the detail of a check begins that did not come to an end in its time: it has failed, and may be made again.</summary>
    public const string Undecided = "undecided";
}

/// <summary>The probe's one line on standard output. Its exit status is 0 when all checks hold, else 1.</summary>
public sealed record ProbeReport(bool Ok, long Microseconds, IReadOnlyList<ProbeCheck> Checks);
