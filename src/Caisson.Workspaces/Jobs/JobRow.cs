using System.Text.Json;
using Caisson.Storage;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Jobs;

/// <summary>A job as its table has it.</summary>
internal sealed class JobRow
{
    public string Id { get; init; } = "";
    public string Workspace { get; init; } = "";
    public string Owner { get; init; } = "";
    public string Actor { get; init; } = "";
    public string Template { get; init; } = "";
    public string Kind { get; init; } = "";
    public string State { get; init; } = "";
    public long Attempt { get; init; }
    public string Created { get; init; } = "";
    public string Queued { get; init; } = "";
    public string? Started { get; init; }
    public string? Ended { get; init; }
    public string? Error { get; init; }
    public long Keep { get; init; }
    public string? KeepUntil { get; init; }

    internal JobRecord ToRecord(IReadOnlyList<JobStep> steps) =>
        new()
        {
            Id = Id,
            Workspace = Workspace,
            Owner = Owner,
            Actor = Actor,
            Template = Template,
            Kind = Kind,
            State = Enum.Parse<JobState>(State, ignoreCase: true),
            Attempt = (int)Attempt,
            Created = Timestamp.Parse(Created),
            Queued = Timestamp.Parse(Queued),
            Started = Parse(Started),
            Ended = Parse(Ended),
            Error = Error is null ? null : JsonSerializer.Deserialize(Error, WorkspaceStoreJson.Default.JobError),
            Keep = Keep != 0,
            KeepUntil = Parse(KeepUntil),
            Steps = steps,
        };

    internal static DateTimeOffset? Parse(string? text) => text is null ? null : Timestamp.Parse(text);
}

/// <summary>A step as its table has it.</summary>
internal sealed class StepRow
{
    public string Name { get; init; } = "";
    public string Title { get; init; } = "";
    public string State { get; init; } = "";
    public string? Started { get; init; }
    public string? Ended { get; init; }
    public long Attempts { get; init; }
    public string? Message { get; init; }
    public string? Fix { get; init; }

    internal JobStep ToRecord() =>
        new(
            Name,
            Title,
            Enum.Parse<StepState>(State, ignoreCase: true),
            JobRow.Parse(Started),
            JobRow.Parse(Ended),
            (int)Attempts,
            Message,
            Fix
        );
}
