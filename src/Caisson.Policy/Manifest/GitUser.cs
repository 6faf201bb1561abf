namespace Caisson.Policy.Manifest;

/// <summary>The name and address that commits made in the sandbox claim, and how those of agents are told apart.</summary>
public sealed record GitUser(Setting<string>? Name, Setting<string>? Email, Setting<AgentCommits>? Agents = null);

/// <summary>Whose the commits of an agent are.</summary>
public enum AgentCommits
{
    /// <summary>The person's, as all others.</summary>
    Person,

    /// <summary>Written by the person and committed by the agent.</summary>
    Committer,

    /// <summary>The person's, with the agent as <c>Co-authored-by</c>.</summary>
    CoAuthor,
}
