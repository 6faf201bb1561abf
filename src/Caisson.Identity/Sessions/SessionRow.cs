using Caisson.Storage;

namespace Caisson.Identity.Sessions;

/// <summary>A session as the database holds it.</summary>
internal sealed class SessionRow
{
    public string Id { get; init; } = "";
    public string Hash { get; init; } = "";
    public string UserId { get; init; } = "";
    public string Created { get; init; } = "";
    public string LastUsed { get; init; } = "";
    public string Expires { get; init; } = "";
    public string Address { get; init; } = "";
    public string Agent { get; init; } = "";
    public string? Issuer { get; init; }
    public string? Subject { get; init; }
    public string? ProviderSession { get; init; }
    public string? Granted { get; init; }
    public string? RefreshBy { get; init; }
    public string? Reason { get; init; }
    public string? Notice { get; init; }
    public long Rotate { get; init; }

    public Session ToSession() =>
        new(
            Id,
            UserId,
            Timestamp.Parse(Created),
            Timestamp.Parse(LastUsed),
            Timestamp.Parse(Expires),
            Address,
            Agent,
            Issuer,
            Subject,
            ProviderSession,
            Granted?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
            RefreshBy is { } refresh ? Timestamp.Parse(refresh) : null,
            Reason,
            Notice
        );
}
