using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace Caisson.Api;

/// <param name="Command">Program and arguments; null: the shell.</param>
/// <param name="Directory">Absolute; null: where the workspace's terminals start.</param>
public sealed record NewTerminalRequest(
    string? Label = null,
    IReadOnlyList<string>? Command = null,
    string? Directory = null,
    int Columns = 80,
    int Rows = 24
);

public sealed record TerminalPatch(string? Label = null);

/// <summary>A terminal as lists and events show it.</summary>
public sealed record TerminalResponse
{
    public required string Id { get; init; }
    public required string Workspace { get; init; }
    public required string Label { get; init; }

    /// <summary><c>running</c> or <c>exited</c>.</summary>
    [AllowedValues("running", "exited")]
    public required string State { get; init; }
    public required DateTimeOffset Created { get; init; }
    public DateTimeOffset? LastInput { get; init; }
    public DateTimeOffset? LastOutput { get; init; }

    /// <summary>Name of the foreground program, which is that program's own to choose.</summary>
    public string? Process { get; init; }
    public string? Directory { get; init; }
    public required int Columns { get; init; }
    public required int Rows { get; init; }
    public required int Viewers { get; init; }
    public required string Title { get; init; }

    /// <summary>Resident bytes of all that the terminal started.</summary>
    public long? Memory { get; init; }
    public int? Descriptors { get; init; }
    public TerminalExitResponse? Exit { get; init; }
    public required bool Recording { get; init; }

    /// <summary>Set when it was idle for long: it ends then unless somebody uses or keeps it.</summary>
    public DateTimeOffset? IdleEnd { get; init; }

    /// <summary>What the caller may do: <c>write</c> or <c>view</c>.</summary>
    [AllowedValues("write", "view")]
    public required string Mode { get; init; }
}

public sealed record TerminalExitResponse(int? Code, int? Signal, string Reason);

public sealed record TerminalList(IReadOnlyList<TerminalResponse> Items, string? Next, int Total);

/// <param name="Viewer">Key from a HELLO.</param>
/// <param name="Sequence">Bytes that this viewer sent before.</param>
/// <param name="Data">Base64.</param>
public sealed record TerminalInput(string Viewer, long Sequence, string Data);

/// <param name="Sequence">Bytes of this viewer that the terminal has.</param>
public sealed record TerminalInputTaken(long Sequence);

/// <param name="RoundTrip">Milliseconds from the sending of output until it was drawn, smoothed; null until there was some.</param>
/// <param name="Refused">Keys and sizes that were not taken because it may only look.</param>
public sealed record TerminalViewerResponse(string Id, string Name, string Mode, DateTimeOffset Since, double? RoundTrip, int Refused);

/// <param name="Mode"><c>write</c> or <c>view</c>.</param>
public sealed record TerminalViewerMode(string Mode);

public sealed record TerminalViewerList(IReadOnlyList<TerminalViewerResponse> Items, string? Next, int Total);

/// <param name="Outcome"><c>complete</c>, <c>too_many</c> or <c>timed_out</c>.</param>
public sealed record TerminalSearch(
    int Total,
    IReadOnlyList<TerminalMatch> Matches,
    [property: AllowedValues("complete", "too_many", "timed_out")] string Outcome,
    string? Message
);

/// <summary>Lines count from the oldest of the history; the end column is the first one after the match.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TerminalMatch(int Line, int Column, int EndLine, int EndColumn);

/// <param name="Telemetry">Whether memory is known at all; otherwise only the number of terminals is limited.</param>
/// <param name="MemoryBytes">The sandbox's working set.</param>
/// <param name="PendingBytes">Set aside for terminals that are being started.</param>
/// <param name="RefuseAbove">No terminal is started above this working set…</param>
/// <param name="AdmitBelow">…until it is below this.</param>
public sealed record TerminalCapacity(
    int Terminals,
    int MaximumTerminals,
    long? MemoryBytes,
    long? MemoryLimitBytes,
    long PendingBytes,
    long? RefuseAbove,
    long? AdmitBelow,
    bool Telemetry
);

/// <param name="Path">Absolute, inside the workspace.</param>
public sealed record UploadResponse(string Path);
