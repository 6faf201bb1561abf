using System.Security.Cryptography;
using Caisson.Identity.Sessions;
using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Tokens;

/// <summary>
/// Logins of command lines (RFC 8628): the program shows a short code, a person who is signed in approves it in a browser, and the program fetches a
/// token. Where the browser is on the program's machine, the approval comes back over a loopback address (RFC 8252) with one more secret, so a code
/// that was sent to somebody by mail is of no use to the sender. Good once, for ten minutes.
/// </summary>
public sealed class DeviceLogins(Database database, TokenStore tokens, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>How often the program may ask.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Consonants alone: nothing that is read as something else, and no words.</summary>
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";

    private const string Columns =
        "user_code AS UserCode, name, scopes, address, redirect, created, expires, user_id AS UserId, approved, code_hash AS CodeHash";

    /// <param name="redirect">The loopback address that waits for the answer; null when the browser is on another machine.</param>
    /// <returns>The login, and the device code, which is not kept.</returns>
    public (DeviceLogin Login, string DeviceCode) Begin(string name, IReadOnlyList<string> scopes, string address, string? redirect)
    {
        var now = time.GetUtcNow();
        var device = SecretHash.NewSecret();
        var row = new Row
        {
            UserCode = RandomNumberGenerator.GetString(Letters, 8),
            Name = name,
            Scopes = string.Join(' ', scopes),
            Address = address,
            Redirect = redirect,
            Created = Timestamp.Format(now),
            Expires = Timestamp.Format(now + Lifetime),
        };
        database.Do(
            (connection, transaction) =>
            {
                connection.Execute("DELETE FROM device_logins WHERE expires < @now", new { now = Timestamp.Format(now) }, transaction);
                return connection.Execute(
                    """
                    INSERT INTO device_logins (device_hash, user_code, name, scopes, address, redirect, created, expires)
                    VALUES (@hash, @UserCode, @Name, @Scopes, @Address, @Redirect, @Created, @Expires)
                    """,
                    new
                    {
                        hash = SecretHash.Of(device),
                        row.UserCode,
                        row.Name,
                        row.Scopes,
                        row.Address,
                        row.Redirect,
                        row.Created,
                        row.Expires,
                    },
                    transaction
                );
            }
        );
        return (row.ToLogin(), device);
    }

    /// <param name="userCode">As a person types it: case and dashes don't matter.</param>
    /// <returns>One that waits for an answer.</returns>
    public DeviceLogin? Find(string userCode) =>
        database
            .Read(
                (connection, transaction) =>
                    connection.QuerySingleOrDefault<Row>(
                        $"SELECT {Columns} FROM device_logins WHERE user_code = @code AND expires > @now AND approved IS NULL",
                        new { code = Plain(userCode), now = Timestamp.Format(time.GetUtcNow()) },
                        transaction
                    )
            )
            ?.ToLogin();

    /// <summary>Once for each login. Null: it waits for no answer, or not any more.</summary>
    /// <returns>The login, and where the browser goes with the code that proves that the approval came back to the same machine.</returns>
    public (DeviceLogin Login, string? Redirect)? Answer(string userCode, string userId, bool approved)
    {
        var code = approved ? SecretHash.NewSecret() : null;
        var row = database.Do(
            (connection, transaction) =>
                connection.QuerySingleOrDefault<Row>(
                    $"""
                    UPDATE device_logins SET user_id = @userId, approved = @approved, code_hash = CASE WHEN redirect IS NULL THEN NULL ELSE @hash END
                    WHERE user_code = @code AND expires > @now AND approved IS NULL
                    RETURNING {Columns}
                    """,
                    new
                    {
                        userId,
                        approved = approved ? 1 : 0,
                        hash = code is null ? null : SecretHash.Of(code),
                        code = Plain(userCode),
                        now = Timestamp.Format(time.GetUtcNow()),
                    },
                    transaction
                )
        );
        if (row is null)
            return null;
        return (
            row.ToLogin(),
            row.Redirect is { } redirect ? $"{redirect}{(code is null ? "&error=access_denied" : $"&code={code}")}" : null
        );
    }

    /// <summary>The token, once: what has been fetched or refused is forgotten.</summary>
    /// <param name="code">What came back to the loopback address, where there is one.</param>
    public DeviceToken Take(string deviceCode, string? code)
    {
        var hash = SecretHash.Of(deviceCode);
        var row = database.Do(
            (connection, transaction) =>
            {
                var found = connection.QuerySingleOrDefault<Row>(
                    $"SELECT {Columns} FROM device_logins WHERE device_hash = @hash AND expires > @now",
                    new { hash, now = Timestamp.Format(time.GetUtcNow()) },
                    transaction
                );
                // Who deletes it has it: of two that ask at once, one.
                return
                    found is { Approved: not null }
                    && found.Fits(code)
                    && connection.Execute("DELETE FROM device_logins WHERE device_hash = @hash", new { hash }, transaction) == 0
                    ? null
                    : found;
            }
        );
        if (row is null)
            return new DeviceToken(DeviceAnswer.Expired, null, null);
        if (row.Approved is null || !row.Fits(code))
            return new DeviceToken(DeviceAnswer.Pending, null, null);
        if (row.Approved == 0)
            return new DeviceToken(DeviceAnswer.Denied, null, null);
        var (token, text) = tokens.Create(
            row.UserId!,
            row.Name,
            row.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            TokenStore.DefaultLifetime
        );
        return new DeviceToken(DeviceAnswer.Approved, token, text);
    }

    private static string Plain(string userCode) =>
        userCode.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    private sealed class Row
    {
        public string UserCode { get; init; } = "";
        public string Name { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string Address { get; init; } = "";
        public string? Redirect { get; init; }
        public string Created { get; init; } = "";
        public string Expires { get; init; } = "";
        public string? UserId { get; init; }
        public long? Approved { get; init; }
        public string? CodeHash { get; init; }

        public bool Fits(string? code) => CodeHash is null || (code is not null && SecretHash.Equal(CodeHash, SecretHash.Of(code)));

        public DeviceLogin ToLogin() =>
            new(
                $"{UserCode[..4]}-{UserCode[4..]}",
                Name,
                Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                Address,
                Timestamp.Parse(Created),
                Timestamp.Parse(Expires)
            );
    }
}

/// <param name="UserCode">Eight letters with a dash in the middle.</param>
/// <param name="Name">What the token is to be named: the machine's name, as that machine says.</param>
/// <param name="Address">Where the request came from.</param>
public sealed record DeviceLogin(
    string UserCode,
    string Name,
    IReadOnlyList<string> Scopes,
    string Address,
    DateTimeOffset Created,
    DateTimeOffset Expires
);

public enum DeviceAnswer
{
    Pending,
    Approved,
    Denied,

    /// <summary>Or never there, or fetched already.</summary>
    Expired,
}

/// <param name="Text">The token itself: here alone.</param>
public sealed record DeviceToken(DeviceAnswer Answer, ApiToken? Token, string? Text);
