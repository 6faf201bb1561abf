using Caisson.Agents.Codex;
using Caisson.Credentials.Logins;
using Caisson.Gateway;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;
using Caisson.Workspaces.Planning;

namespace Caisson.Workspaces.Credentials;

/// <summary>
/// Answers the CLI that asks for a new token, with placeholders whose end is that of the machine's login as it is now. Nothing is renewed here: that
/// is the machine's own Codex's part, because a refresh token can be used once.
/// </summary>
internal static class LoginRenewal
{
    /// <summary>Null where the policy forwards no login.</summary>
    internal static Func<string, TokenRenewal>? For(
        EffectivePolicy policy,
        IReadOnlyDictionary<string, string> placeholders,
        TimeProvider time
    ) =>
        policy.Credentials.FirstOrDefault(credential => credential.Source.Kind == CredentialSourceKind.Login) is { } login
        && placeholders.TryGetValue(login.Name, out var placeholder)
            ? name => name == login.Name ? Answer(login.Source.Value, placeholder, time) : new TokenRenewal(null)
            : null;

    private static TokenRenewal Answer(string path, string placeholder, TimeProvider time)
    {
        var result = CodexLoginFile.Read(path, time.GetUtcNow());
        return result.Login is { } login
            ? new TokenRenewal(CodexTokens.RenewalAnswer(LoginPlanning.Forward(login), placeholder))
            : new TokenRenewal(null, result.Words);
    }
}
