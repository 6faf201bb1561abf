using Caisson.Agents.Credentials;

namespace Caisson.Agents;

/// <summary>
/// Knows one agent's CLI: which hosts it needs, which files and variables make it start at its prompt, and how a prompt is given to it.
/// To add one: implement this, pin the CLI in <c>agents.lock</c>, list it in <see cref="AgentProviders"/>, and add it to the tests that run
/// every provider's real CLI.
/// </summary>
public interface IAgentProvider
{
    /// <summary>As <c>agent.provider</c> names it.</summary>
    string Name { get; }

    /// <summary>For people: <c>Claude Code</c>.</summary>
    string Title { get; }

    /// <summary>What this provider can do now. Each is proven by a test with the real CLI.</summary>
    AgentAbilities Abilities { get; }

    /// <summary>Files below the home that its plans may write.</summary>
    IReadOnlyList<string> FilesWritten { get; }

    /// <summary>Hosts that its plans may open.</summary>
    IReadOnlyList<string> Hosts { get; }

    /// <summary>Null when it can be used; otherwise why not.</summary>
    string? Unavailable { get; }

    /// <summary>What a placeholder has to look like for this agent's CLI to start with it.</summary>
    PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts);

    /// <summary>Pure. Wrong requests are answered in words.</summary>
    AgentPlanResult Plan(AgentPlanRequest request);
}

/// <summary>Exactly one of the two is set.</summary>
public sealed record AgentPlanResult(AgentPlan? Plan, string? Error)
{
    public static implicit operator AgentPlanResult(AgentPlan plan) => new(plan, null);

    public static AgentPlanResult Refused(string why) => new(null, why);
}

[Flags]
public enum AgentAbilities
{
    None = 0,

    /// <summary>Starts at its prompt on a terminal, without a key press.</summary>
    Interactive = 1,

    /// <summary>Answers one prompt and ends.</summary>
    Headless = 2,

    /// <summary>Takes the prompt on standard input.</summary>
    PromptOnStandardInput = 4,

    /// <summary>Prints machine-readable events.</summary>
    JsonEvents = 8,

    /// <summary>Takes the model from Caisson.</summary>
    ModelChoice = 16,
}
