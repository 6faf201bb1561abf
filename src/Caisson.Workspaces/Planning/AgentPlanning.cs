using Caisson.Agents;
using Caisson.Agents.Credentials;
using Caisson.Agents.Store;
using Caisson.Api;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Planning;

/// <summary>Asks an agent provider for its part of a plan, once with a stand-in for the placeholder and, at the launch, with the real one.</summary>
internal static class AgentPlanning
{
    /// <param name="systemPrompt">The profile's text, or null.</param>
    /// <param name="agent">With the credential and login that it is given.</param>
    /// <param name="placeholder">What stands for the credential inside, or null while only planning.</param>
    /// <exception cref="SandboxException"><c>invalid_request</c>: the provider can't do what was asked; in its own words.</exception>
    internal static AgentPlan Plan(
        PlannedAgent agent,
        RunRequest request,
        EffectivePolicy policy,
        string workingDirectory,
        AgentStore store,
        string? systemPrompt,
        string? placeholder
    )
    {
        var provider = agent.Provider;
        var result = provider.Plan(
            new AgentPlanRequest
            {
                Credential = Credential(agent, policy, placeholder),
                Login = agent.Login,
                Prompt = request.Prompt,
                SystemPrompt = systemPrompt,
                Home = SandboxEnvironment.Home,
                Arguments = [.. policy.AgentArgs.Value, .. request.Arguments],
                Interactive = request.Resident is not null || (request.Terminal is not null && !request.Headless),
                WorkingDirectory = workingDirectory,
                Build = store.Build(provider.Name),
                Version = store.State(provider.Name).Version,
            }
        );
        return result.Plan
            ?? throw new SandboxException("invalid_request", result.Error ?? $"{provider.Title} can't be started like this.");
    }

    /// <summary>The shape that the agent's client wants for the placeholder of its credential.</summary>
    internal static PlaceholderShape Shape(IAgentProvider provider, CredentialSpec spec) =>
        provider.PlaceholderFor(Kind(spec), Hosts(spec));

    private static AgentCredential? Credential(PlannedAgent agent, EffectivePolicy policy, string? placeholder)
    {
        if (agent.Credential is not { } name)
            return null;
        var spec =
            policy.Credentials.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new SandboxException(
                "policy_invalid",
                $"agent.credential names '{name}', which no policy defines.",
                $"Add a block credentials.{name}."
            );
        return new AgentCredential(name, Kind(spec), placeholder ?? Shape(agent.Provider, spec).Create(), Hosts(spec));
    }

    private static AgentCredentialKind Kind(CredentialSpec spec) =>
        spec.Scheme == CredentialScheme.Bearer ? AgentCredentialKind.Token : AgentCredentialKind.ApiKey;

    private static IReadOnlyList<string> Hosts(CredentialSpec spec) => [.. spec.Bind.Select(bind => bind.Host)];
}
