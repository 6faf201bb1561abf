namespace Caisson.Policy.Manifest;

/// <summary>One agent profile: prompt and choice of agent. It can't widen what a policy allows.</summary>
public sealed record AgentProfile
{
    public required string Name { get; init; }
    public required string File { get; init; }

    /// <summary>The body of the file, trimmed; goes to the agent as written.</summary>
    public required string Prompt { get; init; }

    /// <summary>Policies by name, in order; empty where the launch must name them.</summary>
    public IReadOnlyList<Setting<string>> Policies { get; init; } = [];
    public Setting<string>? Provider { get; init; }

    /// <summary>Claimed, not verified; lies over the policy's by field.</summary>
    public GitUser? GitUser { get; init; }
}
