using System.Text.Json.Serialization;
using Caisson.Api;
using Caisson.Policy.Manifest;
using Caisson.Workspaces.Jobs;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What a workspace was made from: all that a start needs, so that a template that changes later changes no workspace.</summary>
public sealed record WorkspaceDocument
{
    public IReadOnlyList<string> Policies { get; init; } = [];
    public required Resident Resident { get; init; }

    /// <summary>Folders beside the template, copied at the first start.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];
    public IReadOnlyList<TemplateRepository> Repositories { get; init; } = [];
    public string? Driver { get; init; }
    public required string Isolation { get; init; }

    /// <summary>A repository of the person's own settings, cloned into the home and installed; null: none.</summary>
    public string? Dotfiles { get; init; }

    /// <summary>The workspace whose home it began with.</summary>
    public string? CopyOf { get; init; }
    public string? Preset { get; init; }

    /// <summary>How long without use before it is stopped; infinite: never. Null: as the installation says.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>What the template asks for beyond the policies. Null: nothing.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<RecordingMode>))]
    public RecordingMode? Recording { get; init; }

    /// <summary>Somebody has asked that it isn't stopped before.</summary>
    public DateTimeOffset? ExtendedUntil { get; init; }

    /// <summary>As given; a secret's is the name of a credential.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}

/// <summary>Something that is not as it should be with a workspace that may well run.</summary>
/// <param name="Code"><c>agent_missing</c>, <c>gateway_unreachable</c>, <c>disk_80</c>, <c>oom_recent</c>, <c>repository_missing</c>, <c>dotfiles_failed</c>, <c>setup_failed</c>, <c>start_in_missing</c>.</param>
public sealed record HealthFinding(string Code, string Message, string Fix, DateTimeOffset Since)
{
    /// <summary><c>healthy</c>, <c>degraded</c>, or <c>unhealthy</c>: two kills for memory within ten minutes, or no gateway.</summary>
    public static string StateOf(IReadOnlyList<HealthFinding> findings) =>
        findings.Count == 0 ? "healthy"
        : findings.Any(finding => finding.Code is "gateway_unreachable" or "oom_repeated") ? "unhealthy"
        : "degraded";
}

/// <summary>A person's lasting place. It owns one sandbox, which holds its home.</summary>
public sealed record WorkspaceRecord
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public required string Title { get; init; }
    public required string Template { get; init; }
    public required string TemplateHash { get; init; }
    public required WorkspaceState Observed { get; init; }
    public required DesiredState Desired { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>A code: <c>started</c>, <c>requested</c>, a step's error code.</summary>
    public required string Reason { get; init; }
    public required string Message { get; init; }

    /// <summary><c>user</c>, <c>admin</c>, <c>crash</c>, <c>oom</c>, <c>offboarded</c>, …; null while it runs.</summary>
    public string? StopReason { get; init; }

    /// <summary>Who asked for the present state: a user's id, or <c>caisson</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>Set before the sandbox is made.</summary>
    public string? Sandbox { get; init; }
    public required WorkspaceDocument Document { get; init; }
    public IReadOnlyList<HealthFinding> Health { get; init; } = [];

    /// <summary>What was saved nowhere else when it last stopped.</summary>
    public WorkSurvey? Work { get; init; }

    /// <summary>The last job.</summary>
    public string? Job { get; init; }

    /// <summary>Rises with each change: the ETag.</summary>
    public long Version { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required DateTimeOffset LastUsed { get; init; }
    public DateTimeOffset? Deleted { get; init; }
    public DateTimeOffset? HomeUntil { get; init; }

    /// <summary>User id to right.</summary>
    public IReadOnlyDictionary<string, string> Shares { get; init; } = new Dictionary<string, string>();
}

[JsonSerializable(typeof(WorkspaceDocument))]
[JsonSerializable(typeof(IReadOnlyList<HealthFinding>))]
[JsonSerializable(typeof(JobError))]
[JsonSerializable(typeof(WorkSurvey))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class WorkspaceStoreJson : JsonSerializerContext;
