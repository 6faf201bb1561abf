namespace Caisson.Workspaces.Jobs;

public enum JobState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelling,
    Cancelled,
}

public enum StepState
{
    Pending,
    Running,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
}

/// <summary>Why a job failed.</summary>
/// <param name="Message">The cause in one sentence.</param>
/// <param name="Raw">What the failing part said itself, without secrets.</param>
public sealed record JobError(string Step, string Code, string Message, string? Fix, string? Raw);

/// <summary>One step of a job.</summary>
/// <param name="Message">What came of it, or how far it is.</param>
public sealed record JobStep(
    string Name,
    string Title,
    StepState State,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    int Attempts,
    string? Message,
    string? Fix
);

/// <summary>A durable piece of work on one workspace.</summary>
public sealed record JobRecord
{
    public required string Id { get; init; }
    public required string Workspace { get; init; }

    /// <summary>Of the workspace.</summary>
    public required string Owner { get; init; }

    /// <summary>Who asked: a user's id, or <c>caisson</c>.</summary>
    public required string Actor { get; init; }
    public required string Template { get; init; }

    /// <summary><c>create</c>, <c>duplicate</c>, <c>start</c>, <c>stop</c>, <c>restart</c> or <c>delete</c>.</summary>
    public required string Kind { get; init; }
    public required JobState State { get; init; }
    public required int Attempt { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it last joined the queue.</summary>
    public required DateTimeOffset Queued { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public JobError? Error { get; init; }

    /// <summary>Whether a failure leaves the sandbox up for a while, for its owner to look.</summary>
    public bool Keep { get; init; }
    public DateTimeOffset? KeepUntil { get; init; }
    public IReadOnlyList<JobStep> Steps { get; init; } = [];

    public bool IsActive => State is JobState.Queued or JobState.Running or JobState.Cancelling;
}

/// <param name="Id">Rises; what a listener resumes after.</param>
public sealed record JobLogLine(long Id, string Step, DateTimeOffset Time, string Text);
