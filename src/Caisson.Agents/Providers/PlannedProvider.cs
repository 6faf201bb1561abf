using Caisson.Agents.Credentials;

namespace Caisson.Agents;

/// <summary>An agent whose name is taken but which can't be started yet: known, so that it is refused in words and not as a typing error.</summary>
internal sealed class PlannedProvider(string name, string title) : IAgentProvider
{
    public string Name => name;
    public string Title => title;
    public AgentAbilities Abilities => AgentAbilities.None;
    public IReadOnlyList<string> FilesWritten => [];
    public IReadOnlyList<string> Hosts => [];
    public string Unavailable => $"{title} is not available yet. Use claude, codex or opencode, or provider custom with your own command.";

    public PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts) => PlaceholderShape.Opaque;

    public AgentPlanResult Plan(AgentPlanRequest request) => AgentPlanResult.Refused(Unavailable);
}
