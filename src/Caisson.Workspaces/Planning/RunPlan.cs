using Caisson.Agents;
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

    /// <summary>None for a command, one for a run, any number for a workspace.</summary>
    public IReadOnlyList<PlannedAgent> Agents { get; init; } = [];

    /// <summary>The agent that a run starts, or null.</summary>
    public IAgentProvider? Provider => IsResident ? null : Agents.FirstOrDefault()?.Provider;

    /// <summary>Whether nothing is started in it: it is a workspace's, and stays until it is stopped.</summary>
    public bool IsResident => Request.Resident is not null;
    public required ISandboxDriver Driver { get; init; }
    public HostRepository? Repository { get; init; }

    /// <summary><c>clone</c>, <c>copy</c>, <c>mount</c> or <c>none</c>.</summary>
    public required string RepositoryMode { get; init; }
    public required string WorkingDirectory { get; init; }
    public required SandboxLimits Limits { get; init; }

    /// <summary>What the person sees.</summary>
    public required PlanResponse Response { get; init; }
}
