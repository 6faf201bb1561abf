using Caisson.Agents;
using Caisson.Agents.Credentials;
using Caisson.Api;
using Caisson.Policy.Composition;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Planning;

/// <summary>Everything that a launch follows, decided before anything is made. Immutable; holds no credential.</summary>
internal sealed record RunPlan
{
    public required RunRequest Request { get; init; }

    /// <summary>With the routes of the agent provider.</summary>
    public required EffectivePolicy Policy { get; init; }

    /// <summary>The text of the agent profile, or null.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Null for a command.</summary>
    public IAgentProvider? Provider { get; init; }

    /// <summary>What the agent's CLI may know of the login that is forwarded, or null.</summary>
    public ForwardedLogin? Login { get; init; }
    public required ISandboxDriver Driver { get; init; }
    public HostRepository? Repository { get; init; }

    /// <summary><c>clone</c>, <c>copy</c>, <c>mount</c> or <c>none</c>.</summary>
    public required string RepositoryMode { get; init; }
    public required string WorkingDirectory { get; init; }
    public required SandboxLimits Limits { get; init; }

    /// <summary>What the person sees.</summary>
    public required PlanResponse Response { get; init; }
}
