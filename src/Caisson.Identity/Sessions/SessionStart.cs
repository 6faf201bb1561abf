namespace Caisson.Identity.Sessions;

/// <summary>What a new session is made of.</summary>
public sealed record SessionStart
{
    public required string UserId { get; init; }
    public required string Address { get; init; }
    public required string Agent { get; init; }

    /// <summary>Null: seven days.</summary>
    public TimeSpan? Lifetime { get; init; }

    public string? Issuer { get; init; }
    public string? Subject { get; init; }
    public string? ProviderSession { get; init; }
    public IReadOnlySet<string>? Granted { get; init; }
    public DateTimeOffset? RefreshBy { get; init; }
    public string? Reason { get; init; }
}
