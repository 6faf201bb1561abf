using System.Data.Common;
using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Sessions;

/// <summary>
/// Sessions of browsers: 256 random bits in a cookie, their SHA-256 here. Twelve hours idle or seven days end one. A change of roles gives the
/// session a new cookie; the old one is good for half a minute more, because a browser has several requests under way.
/// </summary>
public sealed class SessionStore(Database database, TimeProvider time)
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(12);
    private static readonly TimeSpan Absolute = TimeSpan.FromDays(7);
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    /// <summary>Uses closer together than this are not written down.</summary>
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);

    private const string Columns = """
        id, user_id AS UserId, created, last_used AS LastUsed, expires, address, agent, issuer, subject, provider_session AS ProviderSession,
        granted, refresh_by AS RefreshBy, reason, notice, rotate
        """;

    /// <returns>The session, and the cookie's value, which is not kept.</returns>
    public (Session Session, string Cookie) Start(SessionStart start) =>
        database.Do((connection, transaction) => Start(connection, transaction, start));

    internal (Session Session, string Cookie) Start(DbConnection connection, DbTransaction transaction, SessionStart start)
    {
        var now = time.GetUtcNow();
        var cookie = SecretHash.NewSecret();
        var row = new SessionRow
        {
            Id = Identifier.New('s'),
            UserId = start.UserId,
            Created = Timestamp.Format(now),
            LastUsed = Timestamp.Format(now),
            Expires = Timestamp.Format(now + (start.Lifetime ?? Absolute)),
            Address = start.Address,
            Agent = start.Agent.Length > 200 ? start.Agent[..200] : start.Agent,
            Issuer = start.Issuer,
            Subject = start.Subject,
            ProviderSession = start.ProviderSession,
            Granted = start.Granted is { } granted ? string.Join(' ', granted) : null,
            RefreshBy = start.RefreshBy is { } refresh ? Timestamp.Format(refresh) : null,
            Reason = start.Reason,
            Hash = SecretHash.Of(cookie),
        };
        connection.Execute(
            "DELETE FROM sessions WHERE expires < @now OR last_used < @idle",
            new { now = Timestamp.Format(now), idle = Timestamp.Format(now - Idle) },
            transaction
        );
        connection.Execute(
            """
            INSERT INTO sessions (id, hash, rotate, user_id, created, last_used, expires, address, agent, issuer, subject, provider_session,
                granted, refresh_by, reason)
            VALUES (@Id, @Hash, 0, @UserId, @Created, @LastUsed, @Expires, @Address, @Agent, @Issuer, @Subject, @ProviderSession,
                @Granted, @RefreshBy, @Reason)
            """,
            row,
            transaction
        );
        return (row.ToSession(), cookie);
    }

    /// <summary>The live session of a cookie, and a new value for it when its rights have changed.</summary>
    public (Session Session, string? NewCookie)? Use(string cookie, string address)
    {
        if (cookie.Length != SecretHash.SecretLength)
            return null;
        var now = time.GetUtcNow();
        var hash = SecretHash.Of(cookie);
        var row = database.Read(
            (connection, transaction) =>
                connection.QueryFirstOrDefault<SessionRow>(
                    $"SELECT {Columns} FROM sessions WHERE hash = @hash OR (previous_hash = @hash AND previous_until > @now)",
                    new { hash, now = Timestamp.Format(now) },
                    transaction
                )
        );
        if (row?.ToSession() is not { } session || !IsLive(session, now))
            return null;
        if (row.Rotate != 0 && Rotate(session.Id, hash, now) is { } renewed)
            return (session, renewed);
        if (now - session.LastUsed >= UseStep)
            database.Do(
                (connection, transaction) =>
                    connection.Execute(
                        "UPDATE sessions SET last_used = @now, address = @address WHERE id = @id",
                        new
                        {
                            id = session.Id,
                            now = Timestamp.Format(now),
                            address,
                        },
                        transaction
                    )
            );
        return (session, null);
    }

    public Session? Find(string id) => Query("id = @value", id) is [var session] && IsLive(session, time.GetUtcNow()) ? session : null;

    /// <summary>Live ones, newest first.</summary>
    public IReadOnlyList<Session> Of(string userId)
    {
        var now = time.GetUtcNow();
        return [.. Query("user_id = @value", userId).Where(session => IsLive(session, now)).OrderByDescending(session => session.Created)];
    }

    /// <summary>What the provider's groups say now.</summary>
    public void Refresh(string id, IReadOnlySet<string> granted, DateTimeOffset refreshBy) =>
        Execute(
            "UPDATE sessions SET granted = @granted, refresh_by = @by WHERE id = @id",
            new
            {
                id,
                granted = string.Join(' ', granted),
                by = Timestamp.Format(refreshBy),
            }
        );

    public void Notify(string id, string notice) => Execute("UPDATE sessions SET notice = @notice WHERE id = @id", new { id, notice });

    /// <summary>The owner has seen what the session's notice says.</summary>
    /// <returns>False where that person has no such session, or it has no notice.</returns>
    public bool DismissNotice(string id, string userId) =>
        Execute("UPDATE sessions SET notice = NULL WHERE id = @id AND user_id = @userId AND notice IS NOT NULL", new { id, userId }) == 1;

    public bool End(string id, string userId) =>
        Execute("DELETE FROM sessions WHERE id = @id AND user_id = @userId", new { id, userId }) == 1;

    public int EndAllOf(string userId) => Execute("DELETE FROM sessions WHERE user_id = @userId", new { userId });

    /// <summary>Back-channel logout: of that session at the provider, or of all of that subject.</summary>
    /// <returns>Ids of the users whose sessions ended.</returns>
    public IReadOnlyList<string> EndOf(string issuer, string? subject, string? providerSession) =>
        database.Do(
            (connection, transaction) =>
                connection
                    .Query<string>(
                        """
                        DELETE FROM sessions WHERE issuer = @issuer
                            AND (@subject IS NULL OR subject = @subject) AND (@providerSession IS NULL OR provider_session = @providerSession)
                        RETURNING user_id
                        """,
                        new
                        {
                            issuer,
                            subject,
                            providerSession,
                        },
                        transaction
                    )
                    .Distinct(StringComparer.Ordinal)
                    .ToList()
        );

    private string? Rotate(string id, string hash, DateTimeOffset now)
    {
        var cookie = SecretHash.NewSecret();
        var changed = Execute(
            """
            UPDATE sessions SET rotate = 0, hash = @next, previous_hash = @hash, previous_until = @until, last_used = @now
            WHERE id = @id AND rotate = 1 AND hash = @hash
            """,
            new
            {
                id,
                hash,
                next = SecretHash.Of(cookie),
                until = Timestamp.Format(now + Overlap),
                now = Timestamp.Format(now),
            }
        );
        return changed == 1 ? cookie : null;
    }

    private static bool IsLive(Session session, DateTimeOffset now) => now < session.Expires && now - session.LastUsed < Idle;

    private List<Session> Query(string condition, string value) =>
        database
            .Read(
                (connection, transaction) =>
                    connection.Query<SessionRow>($"SELECT {Columns} FROM sessions WHERE {condition}", new { value }, transaction)
            )
            .Select(row => row.ToSession())
            .ToList();

    private int Execute(string sql, object parameters) =>
        database.Do((connection, transaction) => connection.Execute(sql, parameters, transaction));
}
