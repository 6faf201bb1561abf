using Caisson.Agents.Configuration;
using Caisson.Policy;

namespace Caisson.Agents;

/// <summary>Everything that one agent needs in one sandbox. Pure data; the same request gives the same plan.</summary>
public sealed record AgentPlan
{
    /// <summary>Name of the provider.</summary>
    public required string Provider { get; init; }

    /// <summary>To be added to the policy's own before the gateway's plan is made; their origin is <see cref="Layer.AgentProvider"/>.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>To be added to the sandbox's environment. The policy's own entries win.</summary>
    public IReadOnlyList<AgentVariable> Environment { get; init; } = [];

    /// <summary>Directories to put before the others in <c>PATH</c>, so that a shell in the sandbox finds the agent, too.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>To be merged into the home before the agent starts.</summary>
    public IReadOnlyList<AgentFile> Files { get; init; } = [];

    /// <summary>Program and arguments; the program is an absolute path, except for <c>custom</c>.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What is written to the command's standard input, which is closed after it; null: a terminal, or nothing.</summary>
    public string? StandardInput { get; init; }

    /// <summary>What people should know before the start, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <param name="IsPlaceholder">Whether the value stands for a credential: such an entry is left out where environments are shown.</param>
public sealed record AgentVariable(string Name, string Value, bool IsPlaceholder = false);
