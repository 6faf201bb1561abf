namespace Caisson.Api;

/// <summary>A recorded terminal, as lists show it. Times within it are in seconds since its start.</summary>
public sealed record RecordingResponse
{
    public required string Id { get; init; }
    public required string Workspace { get; init; }
    public required string Terminal { get; init; }
    public required string Label { get; init; }

    /// <summary><c>running</c> or <c>ended</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>on</c> or <c>required</c>.</summary>
    public required string Mode { get; init; }
    public required DateTimeOffset Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public string? EndReason { get; init; }

    /// <summary>Seconds.</summary>
    public required double Duration { get; init; }

    /// <summary>On disk.</summary>
    public required long Bytes { get; init; }
    public required int Columns { get; init; }
    public required int Rows { get; init; }
    public required bool Held { get; init; }

    /// <summary>When it is deleted; null while it runs or is held.</summary>
    public DateTimeOffset? Until { get; init; }
}

public sealed record RecordingList(IReadOnlyList<RecordingResponse> Items, string? Next, int Total);

public sealed record RecordingHold(bool Held);

/// <summary>What a player needs before it plays.</summary>
/// <param name="Pauses">Times in which nothing happens for more than two seconds, to be skipped.</param>
public sealed record RecordingIndex(
    RecordingResponse Recording,
    IReadOnlyList<RecordingMark> Marks,
    IReadOnlyList<RecordingPause> Pauses,
    IReadOnlyList<RecordingSize> Sizes
);

/// <param name="Kind"><c>allow</c>, <c>deny</c>, <c>push</c>, <c>gap</c> or <c>cut</c>.</param>
/// <param name="Id">Of the decision; null where the mark is about the recording itself.</param>
public sealed record RecordingMark(double Time, string Kind, string? Id, string Text);

public sealed record RecordingPause(double From, double To);

public sealed record RecordingSize(double Time, int Columns, int Rows);

public sealed record RecordingMatches(int Total, IReadOnlyList<RecordingMatch> Matches, bool Complete);

/// <param name="Line">The line of output that holds it.</param>
public sealed record RecordingMatch(double Time, string Line);

/// <param name="Problem">Null: it is as it was written.</param>
public sealed record RecordingCheck(string Id, string? Problem);

public sealed record RecordingChecks(IReadOnlyList<RecordingCheck> Items);
