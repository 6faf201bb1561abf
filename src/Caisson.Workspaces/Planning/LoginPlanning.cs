using Caisson.Agents;
using Caisson.Agents.Credentials;
using Caisson.Credentials.Logins;
using Caisson.Credentials.Sources;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Planning;

/// <summary>Turns <c>agent.forward_login</c> into a credential whose value the gateway reads from the login of the machine's own Codex.</summary>
internal static class LoginPlanning
{
    /// <summary>A policy can't define it: names there have no dot.</summary>
    internal const string CredentialName = "codex.login";

    private static readonly string[] BoundTo = ["/backend-api/codex", "/backend-api/wham/accounts/check", "/backend-api/wham/usage"];

    /// <summary>For a sandbox that runs already: its files are written, so nothing of the login has to be known.</summary>
    private static readonly ForwardedLogin Running = new("", "", null, DateTimeOffset.UnixEpoch, null);

    /// <param name="isRunning">Whether the sandbox runs already. A login that has ended then refuses its requests, and nothing else.</param>
    /// <exception cref="SandboxException"><c>policy_invalid</c>: another agent; <c>credential_missing</c>: there is no login that can be used.</exception>
    internal static (EffectivePolicy Policy, ForwardedLogin? Login) Apply(
        EffectivePolicy policy,
        IAgentProvider provider,
        bool isRunning,
        TimeProvider time
    )
    {
        if (!policy.ForwardLogin.Value)
            return (policy, null);
        if (ForwardLogin.WhyNot(provider.Name) is { } why)
            throw new SandboxException("policy_invalid", $"agent.forward_login ({policy.ForwardLogin.Origin}) {why}.");
        var path = CodexLoginFile.Locate(EnvironmentLookup.Process);
        var login = isRunning ? Running : Read(path, time);
        var origin = policy.ForwardLogin.Origin;
        var credential = new CredentialSpec
        {
            Name = CredentialName,
            Source = new CredentialSource(CredentialSourceKind.Login, path),
            Scheme = CredentialScheme.Bearer,
            Bind = [.. BoundTo.Select(prefix => new BindSpec("chatgpt.com", null, prefix, [], origin))],
            Origin = origin,
        };
        return (policy.WithLogin(credential), login);
    }

    /// <summary>What the CLI inside may know of it.</summary>
    internal static ForwardedLogin Forward(CodexLogin login) => new(login.Mode, login.AccountId, login.Plan, login.Expires, login.Renewed);

    private static ForwardedLogin Read(string path, TimeProvider time)
    {
        var result = CodexLoginFile.Read(path, time.GetUtcNow());
        return result.Login is { } login
            ? Forward(login)
            : throw new SandboxException("credential_missing", $"{result.Problem} Nothing was started.", result.Fix);
    }
}
