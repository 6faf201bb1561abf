namespace Caisson.Init.Protocol.Control;

/// <summary>Output streams of a process. A terminal has only <see cref="Output"/>.</summary>
public enum OutputStream : byte
{
    Output = 0,
    Errors = 1,
}

/// <summary>A wish to see a process's output from given offsets on.</summary>
public sealed record AttachRequest
{
    public required uint Process { get; init; }

    /// <summary>First byte wanted of standard output or of the terminal; -1 means from now on.</summary>
    public long OutputFrom { get; init; }

    /// <summary>First byte wanted of standard error; -1 means from now on.</summary>
    public long ErrorsFrom { get; init; }

    /// <summary>Lets the process wait when this viewer is slow, instead of overwriting output that it has not seen.</summary>
    public bool Lossless { get; init; }
}

/// <summary>What is held of a stream: bytes <see cref="First"/> up to and without <see cref="End"/>.</summary>
public sealed record StreamRange(long First, long End);

/// <summary>Answer to an attach, before any data.</summary>
/// <param name="Spilled">Output before this offset is on disk; null when all that is held is in memory.</param>
public sealed record AttachedProcess(uint Process, StreamRange Output, StreamRange? Errors, long? Spilled = null);

/// <summary>Answer to a spill: output before this offset is on disk and no longer in memory.</summary>
public sealed record SpilledRing(long Spilled);

/// <summary>How a process ended.</summary>
/// <param name="Process">Id from the start.</param>
/// <param name="Code">Exit status; 128 + n after signal n.</param>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="TimedOut">Whether its time limit ended it.</param>
/// <param name="DurationMilliseconds">From start to end.</param>
/// <param name="OutputEnd">Bytes written to standard output or the terminal until the end.</param>
/// <param name="ErrorsEnd">Bytes written to standard error until the end.</param>
public sealed record ProcessExit(
    uint Process,
    int Code,
    int Signal,
    bool TimedOut,
    long DurationMilliseconds,
    long OutputEnd,
    long ErrorsEnd
);
