using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>A workspace to be made from a template.</summary>
public sealed record NewWorkspaceRequest
{
    [JsonRequired]
    public string Template { get; init; } = "";

    /// <summary>Lower case letters, digits and hyphens; null: the template's name.</summary>
    public string? Name { get; init; }

    /// <summary>1 to 60 characters; null: the name.</summary>
    public string? Title { get; init; }
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>Some of the template's policies; null: those of the preset, or all.</summary>
    public IReadOnlyList<string>? Policies { get; init; }

    /// <summary>One of the template's; what is given beside it goes before it.</summary>
    public string? Preset { get; init; }

    /// <summary>An https:// repository of one's own settings. Null: as one's settings say; empty: none.</summary>
    public string? Dotfiles { get; init; }

    /// <summary>Another person's id, for who may make workspaces for others.</summary>
    public string? Owner { get; init; }
}

/// <param name="Title">Null: as it is.</param>
/// <param name="Name">Null: as it is. Links with the old one lead here for 30 days.</param>
public sealed record WorkspaceChange(string? Title, string? Name);

/// <param name="Owner">Id or address of who gets it.</param>
/// <param name="Keep">What the owner until now may do then: <c>collaborator</c>, <c>viewer</c>, or null for nothing.</param>
/// <param name="Name">Under another name; null: its own.</param>
public sealed record TransferRequest([property: JsonRequired] string Owner, string? Keep, string? Name);

/// <param name="Title">Null: the name.</param>
public sealed record DuplicateRequest([property: JsonRequired] string Name, string? Title);

/// <param name="Name">Under another name; null: its own.</param>
public sealed record RestoreRequest(string? Name);

/// <param name="Hours">From now, at most 168.</param>
public sealed record ExtendRequest([property: JsonRequired] double Hours);

/// <summary>What deleting a workspace would take away, and what is kept.</summary>
public sealed record DeletionResponse
{
    /// <summary>Until when it could be restored if it were deleted now; null: not at all.</summary>
    public DateTimeOffset? KeptUntil { get; init; }

    /// <summary>What is kept until then, in words.</summary>
    public required IReadOnlyList<string> Kept { get; init; }

    /// <summary>What ends at once, in words.</summary>
    public required IReadOnlyList<string> Ends { get; init; }

    /// <summary>When <see cref="Repositories"/> and <see cref="Loose"/> were looked for; null: it can't be told, start the workspace to see.</summary>
    public DateTimeOffset? Surveyed { get; init; }

    /// <summary>False: there may be more than is listed.</summary>
    public bool Complete { get; init; }

    /// <summary>Repositories with something that is nowhere else.</summary>
    public required IReadOnlyList<UnsavedRepository> Repositories { get; init; }

    /// <summary>Files and folders that are in no repository.</summary>
    public required IReadOnlyList<string> Loose { get; init; }
}

/// <param name="Path">From ~.</param>
/// <param name="Unpushed">Commits that no remote has.</param>
/// <param name="Commits">The newest 20 of them; empty for who may not read files.</param>
/// <param name="Changed">Files that are not committed.</param>
/// <param name="Files">The first 20 of them; empty for who may not read files.</param>
public sealed record UnsavedRepository(
    string Path,
    int Unpushed,
    IReadOnlyList<string> Commits,
    int Changed,
    IReadOnlyList<string> Files,
    int Stashes
);

/// <summary>One person's right in a workspace.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Name">As the person is called; for who may not see the address, never the address.</param>
/// <param name="Address">Their e-mail address: for who may share the workspace, and for themselves. Null for others, and where the person is no longer known.</param>
/// <param name="Right"><c>collaborator</c> or <c>viewer</c>.</param>
public sealed record ShareResponse(
    string Id,
    string Name,
    string? Address,
    [property: AllowedValues("collaborator", "viewer")] string Right
);

public sealed record ShareRequest([property: JsonRequired, AllowedValues("collaborator", "viewer")] string Right);

/// <param name="From"><c>step</c> (the first that isn't done) or <c>scratch</c>.</param>
/// <param name="KeepForDebugging">A failure leaves the sandbox up for 15 minutes.</param>
public sealed record RetryRequest(string? From, bool? KeepForDebugging);

public sealed record OwnerResponse(string Id, string Address, string Name);

public sealed record HealthResponse(
    [property: AllowedValues("healthy", "degraded", "unhealthy")] string State,
    IReadOnlyList<HealthCode> Codes
);

public sealed record HealthCode(string Code, string Message, string Fix, DateTimeOffset Since);

/// <param name="Open">How many run.</param>
public sealed record TerminalCount(int Open);

public sealed record WorkspaceResponse
{
    public required string Id { get; init; }
    public required OwnerResponse Owner { get; init; }
    public required string Name { get; init; }
    public required string Title { get; init; }
    public required string Template { get; init; }
    public required string TemplateHash { get; init; }

    /// <summary>Whether the template has changed since.</summary>
    public required bool Outdated { get; init; }

    /// <summary>queued, provisioning, starting, running, stopping, stopped, archived, failed, deleting, deleted, unknown.</summary>
    [AllowedValues(
        "queued",
        "provisioning",
        "starting",
        "running",
        "stopping",
        "stopped",
        "archived",
        "failed",
        "deleting",
        "deleted",
        "unknown"
    )]
    public required string Observed { get; init; }

    /// <summary>running, stopped, archived, deleted.</summary>
    [AllowedValues("running", "stopped", "archived", "deleted")]
    public required string Desired { get; init; }
    public required DateTimeOffset Since { get; init; }
    public required string Reason { get; init; }
    public required string Message { get; init; }
    public string? StopReason { get; init; }
    public required string Isolation { get; init; }
    public required IReadOnlyList<string> Policies { get; init; }
    public required IReadOnlyList<string> Agents { get; init; }

    /// <summary>The last job.</summary>
    public string? Job { get; init; }
    public required TerminalCount Terminals { get; init; }
    public required DateTimeOffset LastUsed { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required HealthResponse Health { get; init; }

    /// <summary>User id to right.</summary>
    public required IReadOnlyDictionary<string, string> Shares { get; init; }
    public required string Url { get; init; }

    /// <summary>When it is stopped if nobody uses it; null: never.</summary>
    public DateTimeOffset? StopsAt { get; init; }

    /// <summary>Where terminals begin.</summary>
    public required string StartIn { get; init; }

    /// <summary>The repository of the owner's own settings.</summary>
    public string? Dotfiles { get; init; }

    /// <summary>The workspace whose home it began with.</summary>
    public string? CopyOf { get; init; }

    /// <summary>Of a deleted one: until when its home is kept.</summary>
    public DateTimeOffset? HomeUntil { get; init; }
}

/// <param name="BadTerms">Parts of the search that are not understood; the others were applied.</param>
public sealed record WorkspacePage(
    IReadOnlyList<WorkspaceResponse> Items,
    string? Next,
    long Total,
    IReadOnlyList<BadTermResponse> BadTerms
);

/// <param name="Position">Of its first character in the search, from 0.</param>
/// <param name="Reason">Why, in words, with what is possible.</param>
public sealed record BadTermResponse(string Term, int Position, string Reason);

/// <param name="Existing">It was there already; nothing was made.</param>
public sealed record CreatedResponse(WorkspaceResponse Workspace, JobResponse? Job, bool Existing);

/// <param name="Orphans">What may remain outside after a forced deletion; it goes on being removed.</param>
public sealed record JobAccepted(JobResponse? Job, IReadOnlyList<string> Orphans);

/// <summary>Why a workspace is in its state.</summary>
/// <param name="Text">For people.</param>
/// <param name="Actor">A user's id, or <c>caisson</c>.</param>
public sealed record WhyResponse(string Text, string Reason, DateTimeOffset Since, string? Actor, IReadOnlyList<string> KeptAwakeBy);

public sealed record JobStepResponse
{
    public required string Name { get; init; }
    public required string Title { get; init; }

    /// <summary>pending, running, succeeded, failed, skipped, cancelled.</summary>
    [AllowedValues("pending", "running", "succeeded", "failed", "skipped", "cancelled")]
    public required string State { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public required int Attempts { get; init; }
    public string? Message { get; init; }
    public string? Fix { get; init; }

    /// <summary>How long it took, or has taken so far.</summary>
    public double? Seconds { get; init; }
}

public sealed record JobErrorResponse(string Step, string Code, string Message, string? Fix, string? Raw);

/// <summary>Seconds, of past starts from the same template.</summary>
public sealed record EstimateResponse(double P50, double P95);

public sealed record JobResponse
{
    public required string Id { get; init; }
    public required string Workspace { get; init; }

    /// <summary>create, duplicate, start, stop, restart, delete.</summary>
    [AllowedValues("create", "duplicate", "start", "stop", "restart", "delete")]
    public required string Kind { get; init; }

    /// <summary>queued, running, succeeded, failed, cancelling, cancelled.</summary>
    [AllowedValues("queued", "running", "succeeded", "failed", "cancelling", "cancelled")]
    public required string State { get; init; }
    public required int Attempt { get; init; }
    public required DateTimeOffset Created { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }

    /// <summary>In the queue, from 1.</summary>
    public int? Position { get; init; }
    public EstimateResponse? Estimate { get; init; }
    public required IReadOnlyList<JobStepResponse> Steps { get; init; }
    public JobErrorResponse? Error { get; init; }

    /// <summary>Until when a failed sandbox stays up for a look.</summary>
    public DateTimeOffset? KeepUntil { get; init; }
}

public sealed record JobPage(IReadOnlyList<JobResponse> Items, string? Next, long Total);

public sealed record JobLogResponse(string Step, DateTimeOffset Time, string Text);

public sealed record TemplateParameterResponse
{
    public required string Name { get; init; }

    /// <summary>text, number, choice, secret (the name of a credential).</summary>
    [AllowedValues("text", "number", "choice", "secret")]
    public required string Type { get; init; }
    public required string Label { get; init; }

    /// <summary>A sentence beside the field.</summary>
    public string? Help { get; init; }

    /// <summary>Null: has to be given.</summary>
    public string? Default { get; init; }
    public double? Min { get; init; }
    public double? Max { get; init; }
    public string? Pattern { get; init; }

    /// <summary>Of a secret: the names of the credentials that there are.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>Values of a template's form under one name.</summary>
/// <param name="Policies">Empty: all of the template.</param>
public sealed record TemplatePresetResponse(
    string Name,
    string Label,
    string? Description,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<string> Policies
);

/// <summary>Null: as the policy says. Bytes.</summary>
public sealed record TemplateLimits(double? Cpus, long? Memory, int? Processes, long? Disk, int? Files);

public sealed record TemplateResponse
{
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required string Hash { get; init; }
    public required IReadOnlyList<string> Agents { get; init; }
    public required IReadOnlyList<string> Policies { get; init; }
    public required IReadOnlyList<TemplateParameterResponse> Parameters { get; init; }

    /// <summary>Ways to fill the form in, the first is the one to offer first.</summary>
    public required IReadOnlyList<TemplatePresetResponse> Presets { get; init; }
    public required TemplateLimits Limits { get; init; }
    public required IReadOnlyList<string> Projects { get; init; }
    public required IReadOnlyList<string> Repositories { get; init; }
}

/// <param name="Faults">Of files that could not be read, for the operator.</param>
public sealed record TemplatePage(IReadOnlyList<TemplateResponse> Items, string? Next, long Total, IReadOnlyList<string> Faults);

public sealed record TemplatePlanRequest
{
    public string? Name { get; init; }
    public string? Title { get; init; }
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
    public IReadOnlyList<string>? Policies { get; init; }
    public string? Preset { get; init; }
    public string? Dotfiles { get; init; }
}

/// <summary>What a workspace would be; nothing was made.</summary>
public sealed record TemplatePlanResponse
{
    public required string Name { get; init; }
    public required IReadOnlyList<string> Steps { get; init; }
    public required IReadOnlyList<string> Policies { get; init; }
    public required IReadOnlyList<string> Routes { get; init; }
    public required IReadOnlyList<PlanNeed> Credentials { get; init; }
    public required IReadOnlyList<PlanRisk> Risks { get; init; }
    public required IReadOnlyList<string> Limits { get; init; }

    /// <summary>Of past starts; null before the first.</summary>
    public double? ExpectedSeconds { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }
}
