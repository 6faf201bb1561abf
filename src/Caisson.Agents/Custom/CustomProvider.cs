using Caisson.Agents.Credentials;

namespace Caisson.Agents.Custom;

/// <summary>Any other command: it gets the terminal, the gateway and its prompt; routes and credentials are the policy's to give.</summary>
internal sealed class CustomProvider : IAgentProvider
{
    public string Name => "custom";
    public string Title => "Own command";
    public string? Unavailable => null;
    public IReadOnlyList<string> FilesWritten => [];
    public IReadOnlyList<string> Hosts => [];
    public AgentAbilities Abilities => AgentAbilities.Interactive | AgentAbilities.Headless | AgentAbilities.PromptOnStandardInput;

    public PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts) => PlaceholderShape.Opaque;

    public AgentPlanResult Plan(AgentPlanRequest request)
    {
        if (request.Arguments.Count == 0)
            return AgentPlanResult.Refused("The agent provider custom needs a command after '--'.");
        if (!string.IsNullOrWhiteSpace(request.SystemPrompt))
            return AgentPlanResult.Refused(
                "The agent provider custom knows no way to give a command the profile's text. Use claude, codex or opencode, or leave the profile's text empty."
            );
        return new AgentPlan
        {
            Provider = Name,
            Command = request.Arguments,
            StandardInput = request.Interactive ? null : request.Prompt,
        };
    }
}
