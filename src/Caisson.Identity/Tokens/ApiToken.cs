namespace Caisson.Identity.Tokens;

/// <summary>An API token as its list shows it: never its secret.</summary>
public sealed record ApiToken(
    string Id,
    string UserId,
    string Name,
    IReadOnlySet<string> Scopes,
    DateTimeOffset Created,
    DateTimeOffset Expires,
    DateTimeOffset? LastUsed,
    string? LastAddress
);
