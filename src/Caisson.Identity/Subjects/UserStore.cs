using System.Data.Common;
using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Subjects;

/// <summary>People: one row an address, and for those from a provider the (issuer, subject) that is really them.</summary>
public sealed class UserStore(Database database, TimeProvider time)
{
    /// <summary>The address of the operating-system user whose installation this is.</summary>
    public const string LocalAddress = "local";

    private const string Columns = "id, address, name, roles, created, last_login AS LastLogin, disabled";

    /// <summary>The user of this installation, made on first use. Always an admin: they own every file of it.</summary>
    public User Local(string name) => Ensure(LocalAddress, name, [SiteRoles.Admin]);

    /// <summary>The user of this address, made with these roles when there is none.</summary>
    /// <param name="address">Normalised.</param>
    public User Ensure(string address, string name, IEnumerable<string> roles) =>
        FindByAddress(address) ?? database.Do((connection, transaction) => Insert(connection, transaction, address, name, roles)).ToUser();

    public User? Find(string id) => Single("id = @value", id);

    /// <summary>By id; those that there are.</summary>
    /// <param name="ids">Up to a page of them.</param>
    public IReadOnlyDictionary<string, User> FindAll(IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0)
            return new Dictionary<string, User>();
        var arguments = new DynamicParameters();
        var list = SqlList.Of(arguments, "id", ids);
        return database
            .Read(
                (connection, transaction) =>
                    connection.Query<Row>($"SELECT {Columns} FROM users WHERE id IN {list}", arguments, transaction).AsList()
            )
            .Select(row => row.ToUser())
            .ToDictionary(user => user.Id, StringComparer.Ordinal);
    }

    /// <param name="address">Normalised.</param>
    public User? FindByAddress(string address) => Single("address = @value", address);

    /// <summary>By address or name, in order of addresses.</summary>
    public IReadOnlyList<User> Search(string? text, string? after, int limit) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<Row>(
                            $"""
                            SELECT {Columns} FROM users
                            WHERE (address LIKE @pattern ESCAPE '!' OR lower(name) LIKE @pattern ESCAPE '!') AND address > @after
                            ORDER BY address LIMIT @limit
                            """,
                            new
                            {
                                pattern = Pattern(text),
                                after = after ?? "",
                                limit,
                            },
                            transaction
                        )
                )
                .Select(row => row.ToUser()),
        ];

    /// <summary>Those who can sign in and whose address or name begins like this.</summary>
    public IReadOnlyList<User> Lookup(string prefix, int limit) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<Row>(
                            $"""
                            SELECT {Columns} FROM users
                            WHERE disabled IS NULL AND (address LIKE @pattern ESCAPE '!' OR lower(name) LIKE @pattern ESCAPE '!')
                            ORDER BY address LIMIT @limit
                            """,
                            new { pattern = Pattern(prefix)[1..], limit },
                            transaction
                        )
                )
                .Select(row => row.ToUser()),
        ];

    public long Count(string? text) =>
        database.Read(
            (connection, transaction) =>
                connection.ExecuteScalar<long>(
                    "SELECT count(*) FROM users WHERE address LIKE @pattern ESCAPE '!' OR lower(name) LIKE @pattern ESCAPE '!'",
                    new { pattern = Pattern(text) },
                    transaction
                )
        );

    /// <summary>Who signs in as (issuer, subject) with this address.</summary>
    /// <returns>Null when the address is somebody else's: an admin has to link the two.</returns>
    public User? SignIn(string issuer, string subject, string address, string name, IEnumerable<string> rolesOfNew) =>
        database
            .Do(
                (connection, transaction) =>
                {
                    var known = connection.QuerySingleOrDefault<string>(
                        "SELECT user_id FROM user_subjects WHERE issuer = @issuer AND subject = @subject",
                        new { issuer, subject },
                        transaction
                    );
                    // The provider's new address for a known person neither makes an account nor takes one.
                    if (known is not null)
                        return Select(connection, transaction, "id = @value", known);
                    if (Select(connection, transaction, "address = @value", address) is not null)
                        return null;
                    var row = Insert(connection, transaction, address, name, rolesOfNew);
                    Link(connection, transaction, issuer, subject, row.Id);
                    return row;
                }
            )
            ?.ToUser();

    /// <summary>An admin's word that (issuer, subject) is this user.</summary>
    public void Link(string issuer, string subject, string userId) =>
        database.Do(
            (connection, transaction) =>
            {
                Link(connection, transaction, issuer, subject, userId);
                return 0;
            }
        );

    public IReadOnlyList<string> FindBySubject(string issuer, string subject) =>
        database.Read(
            (connection, transaction) =>
                connection
                    .Query<string>(
                        "SELECT user_id FROM user_subjects WHERE issuer = @issuer AND subject = @subject",
                        new { issuer, subject },
                        transaction
                    )
                    .AsList()
        );

    public void SignedIn(string id) => Set(id, "last_login = @now");

    /// <summary>Replaces the roles. Sessions get new cookies with them.</summary>
    public UserChange SetRoles(string id, IEnumerable<string> roles)
    {
        var wanted = Join(roles);
        return Change(
            id,
            user => !wanted.Split(' ').Contains(SiteRoles.Admin, StringComparer.Ordinal) && user.Roles.Contains(SiteRoles.Admin),
            (connection, transaction) =>
            {
                connection.Execute("UPDATE users SET roles = @wanted WHERE id = @id", new { id, wanted }, transaction);
                connection.Execute("UPDATE sessions SET rotate = 1 WHERE user_id = @id", new { id }, transaction);
            }
        );
    }

    public UserChange Disable(string id)
    {
        var now = Timestamp.Format(time.GetUtcNow());
        return Change(
            id,
            user => user.Roles.Contains(SiteRoles.Admin),
            (connection, transaction) =>
                connection.Execute("UPDATE users SET disabled = @now WHERE id = @id AND disabled IS NULL", new { id, now }, transaction)
        );
    }

    public UserChange Enable(string id) =>
        Change(
            id,
            _ => false,
            (connection, transaction) => connection.Execute("UPDATE users SET disabled = NULL WHERE id = @id", new { id }, transaction)
        );

    private UserChange Change(string id, Func<User, bool> losesAnAdmin, Action<DbConnection, DbTransaction> change) =>
        database.Do(
            (connection, transaction) =>
            {
                var before = Select(connection, transaction, "id = @value", id)?.ToUser();
                if (before is null)
                    return UserChange.Unknown;
                // The count and the change are in one serializable transaction: two admins can't remove each other at once.
                if (before.Disabled is null && losesAnAdmin(before) && !AnotherAdmin(connection, transaction, before))
                    return UserChange.LastAdmin;
                change(connection, transaction);
                return UserChange.Done(before);
            }
        );

    private static bool AnotherAdmin(DbConnection connection, DbTransaction transaction, User user) =>
        user.Address != LocalAddress
        && connection
            .Query<string>(
                "SELECT roles FROM users WHERE disabled IS NULL AND id <> @id AND address <> @local",
                new { id = user.Id, local = LocalAddress },
                transaction
            )
            .Any(roles => roles.Split(' ').Contains(SiteRoles.Admin, StringComparer.Ordinal));

    private void Set(string id, string change) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    $"UPDATE users SET {change} WHERE id = @id",
                    new { id, now = Timestamp.Format(time.GetUtcNow()) },
                    transaction
                )
        );

    private Row Insert(DbConnection connection, DbTransaction transaction, string address, string name, IEnumerable<string> roles)
    {
        // Two first requests of one person: the second finds what the first made.
        connection.Execute(
            """
            INSERT INTO users (id, address, name, roles, created, settings_version) VALUES (@id, @address, @name, @roles, @created, 0)
            ON CONFLICT (address) DO NOTHING
            """,
            new
            {
                id = Identifier.New('u'),
                address,
                name,
                roles = Join(roles),
                created = Timestamp.Format(time.GetUtcNow()),
            },
            transaction
        );
        return Select(connection, transaction, "address = @value", address)!;
    }

    private void Link(DbConnection connection, DbTransaction transaction, string issuer, string subject, string userId) =>
        connection.Execute(
            "INSERT INTO user_subjects (issuer, subject, user_id, linked) VALUES (@issuer, @subject, @userId, @now)",
            new
            {
                issuer,
                subject,
                userId,
                now = Timestamp.Format(time.GetUtcNow()),
            },
            transaction
        );

    private User? Single(string condition, string value) =>
        database.Read((connection, transaction) => Select(connection, transaction, condition, value))?.ToUser();

    private static Row? Select(DbConnection connection, DbTransaction transaction, string condition, string value) =>
        connection.QuerySingleOrDefault<Row>($"SELECT {Columns} FROM users WHERE {condition}", new { value }, transaction);

    private static string Join(IEnumerable<string> roles) =>
        string.Join(' ', roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string Pattern(string? text) =>
        $"%{(text ?? "").ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%";

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string Address { get; init; } = "";
        public string Name { get; init; } = "";
        public string Roles { get; init; } = "";
        public string Created { get; init; } = "";
        public string? LastLogin { get; init; }
        public string? Disabled { get; init; }

        public User ToUser() =>
            new(
                Id,
                Address,
                Name,
                Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
                Timestamp.Parse(Created),
                LastLogin is { } login ? Timestamp.Parse(login) : null,
                Disabled is { } disabled ? Timestamp.Parse(disabled) : null
            );
    }
}
