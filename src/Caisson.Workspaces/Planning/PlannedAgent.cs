using Caisson.Agents;
using Caisson.Agents.Credentials;

namespace Caisson.Workspaces.Planning;

/// <summary>One agent of a plan.</summary>
/// <param name="Credential">Name of the policy's credential that it is given, or null for its own sign-in.</param>
/// <param name="Login">What its CLI may know of the login that is forwarded, or null.</param>
internal sealed record PlannedAgent(IAgentProvider Provider, string? Credential, ForwardedLogin? Login);
