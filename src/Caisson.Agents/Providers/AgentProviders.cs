using Caisson.Agents.Claude;
using Caisson.Agents.Codex;
using Caisson.Agents.Custom;
using Caisson.Agents.OpenCode;

namespace Caisson.Agents;

/// <summary>All agents that Caisson knows by name.</summary>
public static class AgentProviders
{
    /// <summary>In the order that lists show them.</summary>
    public static IReadOnlyList<IAgentProvider> All { get; } =
    [
        new ClaudeProvider(),
        new CodexProvider(),
        new OpenCodeProvider(),
        new PlannedProvider("gemini", "Gemini CLI"),
        new PlannedProvider("pi", "Pi"),
        new PlannedProvider("hermes", "Hermes"),
        new CustomProvider(),
    ];

    /// <summary>By exact name, or null.</summary>
    public static IAgentProvider? Find(string name) => All.FirstOrDefault(provider => provider.Name == name);
}
