using System.Text.Json;
using Caisson.Storage;

namespace Caisson.Workspaces.Workspaces;

/// <summary>A workspace as its table has it.</summary>
internal sealed class WorkspaceRow
{
    internal const string Columns =
        "id, owner, name, title, template, template_hash AS TemplateHash, observed, desired, since, reason, message, stop_reason AS StopReason, "
        + "actor, sandbox, document, health, job, version, created, last_used AS LastUsed, deleted, home_until AS HomeUntil, work";

    internal const string Insert = """
        INSERT INTO workspaces (id, owner, name, title, template, template_hash, observed, desired, since, reason, message, stop_reason, actor,
            sandbox, document, health, job, version, created, last_used, deleted, home_until, work)
        VALUES (@Id, @Owner, @Name, @Title, @Template, @TemplateHash, @Observed, @Desired, @Since, @Reason, @Message, @StopReason, @Actor,
            @Sandbox, @Document, @Health, @Job, @Version, @Created, @LastUsed, @Deleted, @HomeUntil, @Work)
        """;

    internal const string Update = """
        UPDATE workspaces SET owner = @Owner, name = @Name, title = @Title, observed = @Observed, desired = @Desired, since = @Since, reason = @Reason,
            message = @Message, stop_reason = @StopReason, actor = @Actor, sandbox = @Sandbox, document = @Document, health = @Health, job = @Job,
            version = @Version, last_used = @LastUsed, deleted = @Deleted, home_until = @HomeUntil, work = @Work
        WHERE id = @Id
        """;

    public string Id { get; init; } = "";
    public string Owner { get; init; } = "";
    public string Name { get; init; } = "";
    public string Title { get; init; } = "";
    public string Template { get; init; } = "";
    public string TemplateHash { get; init; } = "";
    public string Observed { get; init; } = "";
    public string Desired { get; init; } = "";
    public string Since { get; init; } = "";
    public string Reason { get; init; } = "";
    public string Message { get; init; } = "";
    public string? StopReason { get; init; }
    public string? Actor { get; init; }
    public string? Sandbox { get; init; }
    public string Document { get; init; } = "";
    public string Health { get; init; } = "[]";
    public string? Job { get; init; }
    public long Version { get; init; }
    public string Created { get; init; } = "";
    public string LastUsed { get; init; } = "";
    public string? Deleted { get; init; }
    public string? HomeUntil { get; init; }
    public string? Work { get; init; }

    internal static WorkspaceRow From(WorkspaceRecord record) =>
        new()
        {
            Id = record.Id,
            Owner = record.Owner,
            Name = record.Name,
            Title = record.Title,
            Template = record.Template,
            TemplateHash = record.TemplateHash,
            Observed = record.Observed.Text(),
            Desired = record.Desired.Text(),
            Since = Timestamp.Format(record.Since),
            Reason = record.Reason,
            Message = record.Message,
            StopReason = record.StopReason,
            Actor = record.Actor,
            Sandbox = record.Sandbox,
            Document = JsonSerializer.Serialize(record.Document, WorkspaceStoreJson.Default.WorkspaceDocument),
            Health = JsonSerializer.Serialize(record.Health, WorkspaceStoreJson.Default.IReadOnlyListHealthFinding),
            Job = record.Job,
            Version = record.Version,
            Created = Timestamp.Format(record.Created),
            LastUsed = Timestamp.Format(record.LastUsed),
            Deleted = Format(record.Deleted),
            HomeUntil = Format(record.HomeUntil),
            Work = record.Work is { } work ? JsonSerializer.Serialize(work, WorkspaceStoreJson.Default.WorkSurvey) : null,
        };

    internal WorkspaceRecord ToRecord(IReadOnlyDictionary<string, string> shares) =>
        new()
        {
            Id = Id,
            Owner = Owner,
            Name = Name,
            Title = Title,
            Template = Template,
            TemplateHash = TemplateHash,
            Observed = Enum.Parse<WorkspaceState>(Observed, ignoreCase: true),
            Desired = Enum.Parse<DesiredState>(Desired, ignoreCase: true),
            Since = Timestamp.Parse(Since),
            Reason = Reason,
            Message = Message,
            StopReason = StopReason,
            Actor = Actor,
            Sandbox = Sandbox,
            Document = JsonSerializer.Deserialize(Document, WorkspaceStoreJson.Default.WorkspaceDocument)!,
            Health = JsonSerializer.Deserialize(Health, WorkspaceStoreJson.Default.IReadOnlyListHealthFinding)!,
            Job = Job,
            Version = Version,
            Created = Timestamp.Parse(Created),
            LastUsed = Timestamp.Parse(LastUsed),
            Deleted = Parse(Deleted),
            HomeUntil = Parse(HomeUntil),
            Work = Work is null ? null : JsonSerializer.Deserialize(Work, WorkspaceStoreJson.Default.WorkSurvey),
            Shares = shares,
        };

    private static string? Format(DateTimeOffset? value) => value is { } time ? Timestamp.Format(time) : null;

    private static DateTimeOffset? Parse(string? text) => text is null ? null : Timestamp.Parse(text);
}
