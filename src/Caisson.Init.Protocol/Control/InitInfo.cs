namespace Caisson.Init.Protocol.Control;

/// <summary>One process that the server started, running or ended and not yet forgotten.</summary>
public sealed record ProcessInfo
{
    public required uint Process { get; init; }

    public required int Pid { get; init; }

    public string? Label { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public ProcessUser User { get; init; }

    /// <summary>Size of its terminal; null when it runs on pipes.</summary>
    public TerminalSize? Terminal { get; init; }

    public StreamRange? Output { get; init; }

    public StreamRange? Errors { get; init; }

    public int Viewers { get; init; }

    public long AgeMilliseconds { get; init; }

    /// <summary>Pid of the terminal's foreground process group, or 0.</summary>
    public int Foreground { get; init; }

    /// <summary>What a survey found; null in a plain list.</summary>
    public ProcessFacts? Facts { get; init; }

    /// <summary>Set once it ended.</summary>
    public ProcessExit? Exit { get; init; }
}

/// <summary>What <c>/proc</c> says of a process and of all that it started.</summary>
/// <param name="Program">Name of the terminal's foreground program, which is that program's own to choose; null when there is none.</param>
/// <param name="Directory">Working directory of the foreground program.</param>
/// <param name="ResidentBytes">Of all that it started.</param>
/// <param name="Descriptors">Open ones of all that it started.</param>
public sealed record ProcessFacts(string? Program, string? Directory, long ResidentBytes, int Descriptors);

/// <summary>All processes that the server started and did not forget.</summary>
public sealed record ProcessList(IReadOnlyList<ProcessInfo> Processes);

/// <summary>Counts since the sandbox began.</summary>
public sealed record InitCounters
{
    public long Flows { get; init; }

    /// <summary>Connections reset because the gateway was not there or the destination made no sense.</summary>
    public long FlowsRefused { get; init; }

    public int FlowsOpen { get; init; }

    public long BytesOut { get; init; }

    public long BytesIn { get; init; }

    public long DnsQueries { get; init; }

    public int Names { get; init; }

    public long ProcessesStarted { get; init; }

    /// <summary>Ended children that PID 1 took in, of its own and orphaned ones.</summary>
    public long Reaped { get; init; }
}

/// <summary>State of PID 1.</summary>
public sealed record InitInfo
{
    public required string Version { get; init; }

    public required string SandboxId { get; init; }

    public long UptimeMilliseconds { get; init; }

    /// <summary>Memory of PID 1 itself, in bytes.</summary>
    public long ResidentBytes { get; init; }

    public required InitCounters Counters { get; init; }

    public required IReadOnlyList<ProcessInfo> Processes { get; init; }
}
