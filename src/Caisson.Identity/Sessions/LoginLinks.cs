using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Sessions;

/// <summary>
/// Login links: 256 random bits, good once and for ten minutes. A second use is refused and raises an alarm: one of the two who had the link should
/// not have had it.
/// </summary>
public sealed class LoginLinks(Database database, SessionStore sessions, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <param name="reason">Of a link that makes an admin session on the server itself, beside the provider: that session lasts ten minutes.</param>
    /// <returns>What goes behind the <c>#</c> of the link; it is not kept.</returns>
    public string New(string userId, string? reason = null)
    {
        var now = time.GetUtcNow();
        var token = SecretHash.NewSecret();
        database.Do(
            (connection, transaction) =>
            {
                connection.Execute(
                    "DELETE FROM login_links WHERE expires < @old",
                    new { old = Timestamp.Format(now - TimeSpan.FromDays(7)) },
                    transaction
                );
                return connection.Execute(
                    "INSERT INTO login_links (hash, user_id, created, expires, reason) VALUES (@hash, @userId, @created, @expires, @reason)",
                    new
                    {
                        hash = SecretHash.Of(token),
                        userId,
                        created = Timestamp.Format(now),
                        expires = Timestamp.Format(now + Lifetime),
                        reason,
                    },
                    transaction
                );
            }
        );
        return token;
    }

    /// <param name="start">The session to be made; user and reason are the link's.</param>
    public LinkUse Use(string token, SessionStart start)
    {
        var now = Timestamp.Format(time.GetUtcNow());
        var hash = SecretHash.Of(token);
        return database.Do(
            (connection, transaction) =>
            {
                var link = connection.QuerySingleOrDefault<Row>(
                    "SELECT user_id AS UserId, expires, used, session_id AS SessionId, reason FROM login_links WHERE hash = @hash",
                    new { hash },
                    transaction
                );
                if (link is null)
                    return new LinkUse(null, null, null, null);
                if (link.Used is not null)
                    return new LinkUse(link.UserId, null, null, link.SessionId);
                if (string.CompareOrdinal(link.Expires, now) <= 0)
                    return new LinkUse(link.UserId, null, null, null);
                var (session, cookie) = sessions.Start(
                    connection,
                    transaction,
                    start with
                    {
                        UserId = link.UserId,
                        Reason = link.Reason,
                        Lifetime = link.Reason is null ? null : Lifetime,
                    }
                );
                connection.Execute(
                    "UPDATE login_links SET used = @now, session_id = @id WHERE hash = @hash",
                    new
                    {
                        now,
                        id = session.Id,
                        hash,
                    },
                    transaction
                );
                return new LinkUse(link.UserId, session, cookie, null);
            }
        );
    }

    private sealed class Row
    {
        public string UserId { get; init; } = "";
        public string Expires { get; init; } = "";
        public string? Used { get; init; }
        public string? SessionId { get; init; }
        public string? Reason { get; init; }
    }
}

/// <param name="UserId">Whose link it was; null for one that nobody made.</param>
/// <param name="Session">The new session; null when the link was refused.</param>
/// <param name="FirstSession">The session that the first use made, when this was the second.</param>
public sealed record LinkUse(string? UserId, Session? Session, string? Cookie, string? FirstSession);
