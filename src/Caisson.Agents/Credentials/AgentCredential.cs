namespace Caisson.Agents.Credentials;

/// <summary>How the gateway puts the real value into requests; decides which variable or file a client reads it from.</summary>
public enum AgentCredentialKind
{
    /// <summary>An API key of the vendor's platform.</summary>
    ApiKey,

    /// <summary>A bearer token of a user's subscription.</summary>
    Token,
}

/// <summary>The credential that <c>agent.credential</c> names, without its value: no provider ever sees that.</summary>
/// <param name="Name">As in the policy.</param>
/// <param name="Kind">For Claude: scheme <c>header</c> is a key, <c>bearer</c> a token. Codex and OpenCode take keys, whatever the scheme.</param>
/// <param name="Placeholder">What stands for the value inside. Make it with <see cref="IAgentProvider.PlaceholderFor"/>.</param>
/// <param name="Hosts">Where the value may go: the hosts of <c>bind[]</c>.</param>
public sealed record AgentCredential(string Name, AgentCredentialKind Kind, string Placeholder, IReadOnlyList<string> Hosts);
