namespace Caisson.Identity.Sessions;

/// <param name="Expires">Whatever is used: seven days after login.</param>
/// <param name="Agent">The browser's own words about itself.</param>
/// <param name="Reason">Of an admin session made on the server by its operating-system user.</param>
/// <param name="Notice">What the owner has to be told, such as that their login link was used again.</param>
/// <param name="Granted">Roles that the identity provider's groups gave at login or refresh; null where roles are ours alone.</param>
/// <param name="RefreshBy">When the provider has to be asked again.</param>
public sealed record Session(
    string Id,
    string UserId,
    DateTimeOffset Created,
    DateTimeOffset LastUsed,
    DateTimeOffset Expires,
    string Address,
    string Agent,
    string? Issuer,
    string? Subject,
    string? ProviderSession,
    IReadOnlySet<string>? Granted,
    DateTimeOffset? RefreshBy,
    string? Reason,
    string? Notice
);
