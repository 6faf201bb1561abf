namespace Caisson.Credentials.Logins;

/// <summary>What the login of Codex on this machine says. Refresh and id token are never kept.</summary>
/// <param name="Mode">As the file names it: how Codex signed in.</param>
/// <param name="AccountId">Codex sends it along with each request.</param>
/// <param name="Plan">The subscription's kind, or null; decides which models Codex offers.</param>
/// <param name="Expires">End of the access token.</param>
/// <param name="Renewed">When Codex last renewed it, as the file says it; or null.</param>
/// <param name="AccessToken">The one value that requests need.</param>
public sealed record CodexLogin(string Mode, string AccountId, string? Plan, DateTimeOffset Expires, string? Renewed, Secret AccessToken);

/// <summary>Exactly one of login and problem is set.</summary>
/// <param name="Problem">What is wrong, in a sentence without any value.</param>
/// <param name="Fix">What to do about it, in a sentence.</param>
public sealed record CodexLoginResult(CodexLogin? Login, string? Problem = null, string? Fix = null)
{
    /// <summary>Problem and remedy as one text.</summary>
    public string Words => $"{Problem} {Fix}";
}
