namespace Caisson.Agents.Credentials;

/// <summary>What the agent's CLI has to know of a login that only the gateway uses. No token, no name, no address.</summary>
/// <param name="Mode">As the CLI's own file names it.</param>
/// <param name="AccountId">Goes along with each request.</param>
/// <param name="Plan">The subscription's kind, or null.</param>
/// <param name="Expires">The real end: from then on the CLI asks for a new token.</param>
/// <param name="Renewed">The CLI's own note of its last renewal, or null.</param>
public sealed record ForwardedLogin(string Mode, string AccountId, string? Plan, DateTimeOffset Expires, string? Renewed);
