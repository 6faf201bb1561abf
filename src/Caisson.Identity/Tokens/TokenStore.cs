using Caisson.Identity.Sessions;
using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Tokens;

/// <summary>API tokens: shown once, kept as SHA-256.</summary>
public sealed class TokenStore(Database database, TimeProvider time)
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(90);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(365);

    /// <summary>Uses from one address that are closer together are not written down.</summary>
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);

    private const string Columns =
        "id, hash, user_id AS UserId, name, scopes, created, expires, last_used AS LastUsed, last_address AS LastAddress";

    /// <param name="scopes">Known ones, see <see cref="TokenScopes"/>.</param>
    /// <returns>The token, and its text, which is not kept.</returns>
    public (ApiToken Token, string Text) Create(string userId, string name, IEnumerable<string> scopes, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var (id, text) = ApiTokenText.New();
        var row = new Row
        {
            Id = id,
            Hash = SecretHash.Of(text),
            UserId = userId,
            Name = name,
            Scopes = string.Join(' ', scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            Created = Timestamp.Format(now),
            Expires = Timestamp.Format(now + (lifetime > LongestLifetime ? LongestLifetime : lifetime)),
        };
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    """
                    INSERT INTO api_tokens (id, hash, user_id, name, scopes, created, expires)
                    VALUES (@Id, @Hash, @UserId, @Name, @Scopes, @Created, @Expires)
                    """,
                    row,
                    transaction
                )
        );
        return (row.ToToken(), text);
    }

    /// <summary>The live token of this text, and whether it comes from an address that it has not come from before.</summary>
    public (ApiToken Token, bool NewAddress)? Use(string text, string address)
    {
        if (ApiTokenText.Id(text) is not { } id || Read(id) is not { } row || !SecretHash.Equal(row.Hash, SecretHash.Of(text)))
            return null;
        var token = row.ToToken();
        var now = time.GetUtcNow();
        if (token.Expires <= now)
            return null;
        var moved = token.LastAddress != address;
        if (moved || token.LastUsed is not { } last || now - last >= UseStep)
            database.Do(
                (connection, transaction) =>
                    connection.Execute(
                        "UPDATE api_tokens SET last_used = @now, last_address = @address WHERE id = @id",
                        new
                        {
                            id,
                            now = Timestamp.Format(now),
                            address,
                        },
                        transaction
                    )
            );
        return (token, moved);
    }

    public ApiToken? Find(string id) => Read(id)?.ToToken() is { } token && token.Expires > time.GetUtcNow() ? token : null;

    /// <summary>Newest first, expired ones too.</summary>
    public IReadOnlyList<ApiToken> Of(string userId) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<Row>(
                            $"SELECT {Columns} FROM api_tokens WHERE user_id = @userId ORDER BY created DESC, id",
                            new { userId },
                            transaction
                        )
                )
                .Select(row => row.ToToken()),
        ];

    public bool Revoke(string id, string userId) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute("DELETE FROM api_tokens WHERE id = @id AND user_id = @userId", new { id, userId }, transaction)
        ) == 1;

    public int RevokeAllOf(string userId) =>
        database.Do(
            (connection, transaction) => connection.Execute("DELETE FROM api_tokens WHERE user_id = @userId", new { userId }, transaction)
        );

    private Row? Read(string id) =>
        database.Read(
            (connection, transaction) =>
                connection.QuerySingleOrDefault<Row>($"SELECT {Columns} FROM api_tokens WHERE id = @id", new { id }, transaction)
        );

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string Hash { get; init; } = "";
        public string UserId { get; init; } = "";
        public string Name { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string Created { get; init; } = "";
        public string Expires { get; init; } = "";
        public string? LastUsed { get; init; }
        public string? LastAddress { get; init; }

        public ApiToken ToToken() =>
            new(
                Id,
                UserId,
                Name,
                Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
                Timestamp.Parse(Created),
                Timestamp.Parse(Expires),
                LastUsed is { } used ? Timestamp.Parse(used) : null,
                LastAddress
            );
    }
}
