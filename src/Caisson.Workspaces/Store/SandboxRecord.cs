using System.Text.Json.Serialization;
using Caisson.Api;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Store;

/// <summary>What a sandbox was started with: enough to show it, to resume it and to adopt it. Holds no credential.</summary>
public sealed record SandboxDocument
{
    public required string Driver { get; init; }
    public required string Label { get; init; }
    public string? Agent { get; init; }

    /// <summary>Names or paths as given at the launch, in order.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>The caller's working directory on the host.</summary>
    public required string Directory { get; init; }
    public string? RepositoryRoot { get; init; }

    /// <summary><c>clone</c>, <c>copy</c>, <c>mount</c> or <c>none</c>.</summary>
    public required string RepositoryMode { get; init; }

    /// <summary>What <c>caisson diff</c> compares with: a tree or commit id in the sandbox's repository.</summary>
    public string? BaseTree { get; init; }
    public string? BaseCommit { get; init; }
    public required string WorkingDirectory { get; init; }
    public required IReadOnlyList<string> Command { get; init; }
    public required bool Headless { get; init; }
    public bool? Keep { get; init; }
    public required string PlanHash { get; init; }
    public required string CaFingerprint { get; init; }
    public required DateTimeOffset Started { get; init; }

    /// <summary>Credential name to placeholder: no secret, but a sandbox that goes on must keep its own.</summary>
    public required IReadOnlyDictionary<string, string> Placeholders { get; init; }
    public required SandboxLimits Limits { get; init; }

    /// <summary>Between SIGTERM and SIGKILL at a stop.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>The request as it was, without the values it carried.</summary>
    public required RunRequest Request { get; init; }

    /// <summary>The request that starts the same sandbox again: same driver and policies, whatever has become the default since.</summary>
    internal RunRequest Resumed() =>
        Request with
        {
            Driver = Driver,
            Policies = Policies,
            Repository = RepositoryMode == "none" ? null : RepositoryMode,
            PlanHash = null,
        };
}

public sealed record SandboxRecord
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required SandboxState State { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>Number of the user id on the host, when the server is root.</summary>
    public int? Slot { get; init; }
    public required SandboxDocument Document { get; init; }

    /// <summary>Set while it runs.</summary>
    public SandboxRuntime? Runtime { get; init; }
    public long? Process { get; init; }
    public int? ExitCode { get; init; }
    public string? Detail { get; init; }
    public IReadOnlyList<StageTiming> Stages { get; init; } = [];
}

public enum SandboxState
{
    Starting,
    Running,
    Stopped,

    /// <summary>Stopped and kept until it is resumed or removed by name.</summary>
    Preserved,
    Failed,
}

[JsonSerializable(typeof(SandboxDocument))]
[JsonSerializable(typeof(SandboxRuntime))]
[JsonSerializable(typeof(IReadOnlyList<StageTiming>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class StoreJson : JsonSerializerContext;
