namespace Caisson.Policy.Composition;

/// <summary>What <c>agent.forward_login</c> asks of the rest of a policy.</summary>
public static class ForwardLogin
{
    /// <summary>The one agent whose login can be forwarded.</summary>
    public const string Provider = "codex";

    /// <summary>Why this policy can't forward a login, in words that follow the key; null where it can, or doesn't.</summary>
    public static string? WhyNot(EffectivePolicy policy)
    {
        if (!policy.ForwardLogin.Value)
            return null;
        if (policy.Provider is { } provider && WhyNot(provider.Value) is { } wrong)
            return wrong;
        return policy.AgentCredential is { } credential
            ? $"can't stand beside `agent.credential: {credential.Value}`: Codex works with a login or with a key; remove one of the two"
            : null;
    }

    /// <summary>The same for an agent that a launch names.</summary>
    public static string? WhyNot(string provider) =>
        provider == Provider
            ? null
            : $"is known to the agent provider {Provider} alone, not to {provider}; use `provider: {Provider}`, or give {provider} a credential with `agent.credential`";
}
