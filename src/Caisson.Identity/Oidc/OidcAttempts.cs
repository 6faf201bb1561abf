using Caisson.Identity.Sessions;
using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Oidc;

/// <summary>Logins under way, in the database because another server may get the answer. Each is good once, for ten minutes.</summary>
public sealed class OidcAttempts(Database database, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <param name="next">A path of ours; anything else becomes <c>/</c>.</param>
    public OidcAttempt Begin(string provider, string? next)
    {
        var now = time.GetUtcNow();
        var attempt = new OidcAttempt(provider, SecretHash.NewSecret(), SecretHash.NewSecret(), SecretHash.NewSecret(), LocalPath(next));
        database.Do(
            (connection, transaction) =>
            {
                connection.Execute("DELETE FROM oidc_attempts WHERE expires < @now", new { now = Timestamp.Format(now) }, transaction);
                return connection.Execute(
                    """
                    INSERT INTO oidc_attempts (state_hash, provider, nonce, verifier, next, expires)
                    VALUES (@hash, @Provider, @Nonce, @Verifier, @Next, @expires)
                    """,
                    new
                    {
                        hash = SecretHash.Of(attempt.State),
                        attempt.Provider,
                        attempt.Nonce,
                        attempt.Verifier,
                        attempt.Next,
                        expires = Timestamp.Format(now + Lifetime),
                    },
                    transaction
                );
            }
        );
        return attempt;
    }

    /// <summary>The login with this state, once.</summary>
    public OidcAttempt? Take(string provider, string state)
    {
        var row = database.Do(
            (connection, transaction) =>
                connection.QuerySingleOrDefault<Row>(
                    """
                    DELETE FROM oidc_attempts WHERE state_hash = @hash AND provider = @provider AND expires > @now
                    RETURNING nonce, verifier, next
                    """,
                    new
                    {
                        hash = SecretHash.Of(state),
                        provider,
                        now = Timestamp.Format(time.GetUtcNow()),
                    },
                    transaction
                )
        );
        return row is null ? null : new OidcAttempt(provider, state, row.Nonce, row.Verifier, row.Next);
    }

    /// <summary>Only paths: <c>//host</c> and <c>/\host</c> are other hosts to a browser.</summary>
    public static string LocalPath(string? next) =>
        next is ['/', ..]
        && !next.StartsWith("//", StringComparison.Ordinal)
        && !next.Any(char.IsControl)
        && !next.Contains('\\', StringComparison.Ordinal)
            ? next
            : "/";

    private sealed class Row
    {
        public string Nonce { get; init; } = "";
        public string Verifier { get; init; } = "";
        public string Next { get; init; } = "";
    }
}
