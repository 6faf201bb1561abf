namespace Caisson.Init.Protocol.Control;

/// <summary>New size for a process's terminal. An equal size changes nothing and sends no signal.</summary>
public sealed record ResizeRequest(uint Process, int Columns, int Rows);

/// <summary>Whom a signal reaches.</summary>
public enum SignalTarget
{
    /// <summary>The started process alone.</summary>
    Process,

    /// <summary>Its process group.</summary>
    Group,

    /// <summary>Everything that it started, also what took a session of its own or lost its parent.</summary>
    Tree,
}

/// <summary>A signal to send.</summary>
public sealed record SignalRequest(uint Process, int Signal, SignalTarget Target);

/// <summary>An end for everything that a process started.</summary>
/// <param name="GraceMilliseconds">Between SIGHUP and SIGKILL.</param>
public sealed record CloseRequest(uint Process, int GraceMilliseconds);

/// <summary>Names a process.</summary>
public sealed record ProcessReference(uint Process);

/// <summary>An orderly end of the sandbox.</summary>
/// <param name="GraceMilliseconds">Between SIGTERM and SIGKILL; null takes the configured value.</param>
public sealed record StopRequest(int? GraceMilliseconds);

/// <summary>A copy of files beneath <see cref="Root"/>, an absolute directory inside the sandbox.</summary>
public sealed record CopyRequest
{
    public required string Root { get; init; }

    /// <summary>Copy-out: paths below the root to take; empty means all of it.</summary>
    public IReadOnlyList<string> Paths { get; set; } = [];
}

/// <summary>What a copy moved.</summary>
public sealed record CopySummary(long Entries, long Bytes);

/// <summary>Why a request was not done.</summary>
/// <param name="Code">Stable name, such as <c>no_such_process</c>, <c>not_found</c>, <c>bad_request</c>, <c>archive_refused</c>.</param>
/// <param name="Message">For people: what happened, with the name concerned, and what to do.</param>
public sealed record ControlError(string Code, string Message);
