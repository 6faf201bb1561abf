using System.Data.Common;
using Caisson.Storage;
using Caisson.Workspaces.Events;
using Dapper;

namespace Caisson.Workspaces.Workspaces;

/// <summary>Workspaces and who they are shared with. Each change is one transaction, raises the version and tells the stream.</summary>
public sealed partial class WorkspaceStore(Database database, EventStream events, TimeProvider time)
{
    /// <summary>Ids in one command: both databases allow many more.</summary>
    private const int MostIds = 500;

    private static readonly IReadOnlyDictionary<string, string> NoShares = new Dictionary<string, string>(StringComparer.Ordinal);

    private readonly KnownWorkspaces _known = new();

    public WorkspaceRecord? Find(string id) => Query("id = @id", new { id }).SingleOrDefault();

    /// <summary>The one of this owner and name that is not deleted.</summary>
    internal static WorkspaceRecord? FindByName(DbConnection connection, DbTransaction transaction, string owner, string name) =>
        connection
            .QuerySingleOrDefault<WorkspaceRow>(
                $"SELECT {WorkspaceRow.Columns} FROM workspaces WHERE owner = @owner AND name = @name AND deleted IS NULL",
                new { owner, name },
                transaction
            )
            ?.ToRecord(NoShares);

    /// <summary>Titles of an owner's workspaces that are not deleted.</summary>
    /// <param name="except">Id of one that is not asked about.</param>
    internal static IEnumerable<string> TitlesOf(DbConnection connection, DbTransaction transaction, string owner, string except) =>
        connection.Query<string>(
            "SELECT title FROM workspaces WHERE owner = @owner AND id <> @except AND deleted IS NULL",
            new { owner, except },
            transaction
        );

    /// <summary>Everything that is not deleted, or still has a sandbox: what the reconciler looks at.</summary>
    internal IReadOnlyList<WorkspaceRecord> Unfinished() => Query("deleted IS NULL OR sandbox IS NOT NULL", new { });

    /// <summary>
    /// A page of those that are not deleted, newest first. <paramref name="viewer"/>: only those of this person and those shared with them.
    /// </summary>
    /// <param name="text">Part of name or title, any case.</param>
    /// <param name="narrowed">What a search asks for on top.</param>
    /// <param name="after">Created and id of the last one of the page before.</param>
    /// <param name="deleted">Those that are deleted and can be restored, in place of the others.</param>
    public (IReadOnlyList<WorkspaceRecord> Items, long Total) List(
        string? viewer,
        string? owner,
        string? text,
        (string Created, string Id)? after,
        int limit,
        bool deleted = false,
        WorkspaceFilter? narrowed = null
    )
    {
        var arguments = new DynamicParameters(
            new
            {
                viewer,
                owner,
                like = text is null ? null : $"%{Escape(text.ToLowerInvariant())}%",
                created = after?.Created,
                id = after?.Id,
                limit,
                now = Timestamp.Format(time.GetUtcNow()),
            }
        );
        // Only what is asked: a condition that is always true would keep the database from counting in an index.
        var filter = string.Join(
            "\nAND ",
            new[]
            {
                deleted ? "deleted IS NOT NULL AND sandbox IS NOT NULL AND home_until > @now" : "deleted IS NULL",
                viewer is null ? null : "(owner = @viewer OR id IN (SELECT workspace FROM workspace_shares WHERE user_id = @viewer))",
                owner is null ? null : "owner = @owner",
                text is null ? null : "(lower(name) LIKE @like ESCAPE '!' OR lower(title) LIKE @like ESCAPE '!')",
            }.OfType<string>()
        );
        filter += narrowed?.Conditions(arguments);
        var rest = after is null ? "" : "AND (created < @created OR (created = @created AND id > @id))";
        return database.Read(
            (connection, transaction) =>
                (
                    Query(connection, transaction, $"{filter} {rest} ORDER BY created DESC, id LIMIT @limit", arguments),
                    connection.ExecuteScalar<long>($"SELECT count(*) FROM workspaces WHERE {filter}", arguments, transaction)
                )
        );
    }

    /// <summary>Changes one workspace, or nothing when <paramref name="change"/> gives null. Returns what there is then; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">The change is not in <see cref="Transitions"/>: a bug.</exception>
    internal WorkspaceRecord? Change(string id, Func<WorkspaceRecord, WorkspaceRecord?> change) =>
        events.Do((connection, transaction, added) => Change(connection, transaction, added, id, change));

    internal static WorkspaceRecord? Change(
        DbConnection connection,
        DbTransaction transaction,
        ICollection<NewEvent> added,
        string id,
        Func<WorkspaceRecord, WorkspaceRecord?> change
    )
    {
        if (Find(connection, transaction, id) is not { } before)
            return null;
        if (change(before) is not { } after || after == before)
            return before;
        if (!Transitions.Allows(before.Observed, after.Observed))
            throw new InvalidOperationException($"{before.Observed} can't become {after.Observed}.");
        after = after with { Version = before.Version + 1 };
        connection.Execute(WorkspaceRow.Update, WorkspaceRow.From(after), transaction);
        added.Add(Changed(after));
        return after;
    }

    internal static void Insert(DbConnection connection, DbTransaction transaction, ICollection<NewEvent> added, WorkspaceRecord record)
    {
        connection.Execute(WorkspaceRow.Insert, WorkspaceRow.From(record), transaction);
        added.Add(Changed(record));
    }

    /// <summary>Sets or (null) takes back what somebody else may do.</summary>
    public WorkspaceRecord? Share(string id, string user, string? right) =>
        events.Do(
            (connection, transaction, added) =>
            {
                SetShare(connection, transaction, id, user, right);
                connection.Execute("UPDATE workspaces SET version = version + 1 WHERE id = @id", new { id }, transaction);
                var now = Find(connection, transaction, id);
                if (now is not null)
                    added.Add(Changed(now));
                return now;
            }
        );

    internal static void SetShare(DbConnection connection, DbTransaction transaction, string id, string user, string? right)
    {
        connection.Execute("DELETE FROM workspace_shares WHERE workspace = @id AND user_id = @user", new { id, user }, transaction);
        if (right is not null)
            connection.Execute(
                "INSERT INTO workspace_shares (workspace, user_id, access) VALUES (@id, @user, @right)",
                new
                {
                    id,
                    user,
                    right,
                },
                transaction
            );
    }

    internal IReadOnlyList<WorkspaceRecord> OwnedBy(string user) => Query("owner = @user AND deleted IS NULL", new { user });

    /// <summary>Ids of workspaces that are shared with somebody.</summary>
    internal IReadOnlyList<string> SharedWith(string user) =>
        database.Read(
            (connection, transaction) =>
                connection.Query<string>("SELECT workspace FROM workspace_shares WHERE user_id = @user", new { user }, transaction).AsList()
        );

    internal static WorkspaceRecord? Find(DbConnection connection, DbTransaction transaction, string id) =>
        connection
            .QuerySingleOrDefault<WorkspaceRow>($"SELECT {WorkspaceRow.Columns} FROM workspaces WHERE id = @id", new { id }, transaction)
            ?.ToRecord(Shares(connection, transaction, id));

    private static NewEvent Changed(WorkspaceRecord record) => new("workspace.changed", record.Id, record.Owner, record.Id);

    private static IReadOnlyDictionary<string, string> Shares(DbConnection connection, DbTransaction transaction, string id) =>
        connection
            .Query<(string User, string Access)>(
                "SELECT user_id, access FROM workspace_shares WHERE workspace = @id",
                new { id },
                transaction
            )
            .ToDictionary(row => row.User, row => row.Access, StringComparer.Ordinal);

    private IReadOnlyList<WorkspaceRecord> Query(string where, object arguments) =>
        database.Read((connection, transaction) => Query(connection, transaction, where, arguments));

    /// <summary>Rows that were read before at the same version are not read again: most of a list is as it was.</summary>
    private IReadOnlyList<WorkspaceRecord> Query(DbConnection connection, DbTransaction transaction, string where, object arguments)
    {
        var wanted = connection
            .Query<(string Id, long Version)>($"SELECT id, version FROM workspaces WHERE {where}", arguments, transaction)
            .AsList();
        var found = new Dictionary<string, WorkspaceRecord>(StringComparer.Ordinal);
        foreach (var (id, version) in wanted)
        {
            if (_known.Find(id, version) is { } known)
                found[id] = known;
        }
        foreach (var ids in wanted.Select(row => row.Id).Where(id => !found.ContainsKey(id)).Chunk(MostIds).ToList())
        {
            foreach (var record in Read(connection, transaction, ids))
                _known.Add(found[record.Id] = record);
        }
        return [.. wanted.Select(row => found[row.Id])];
    }

    private static IEnumerable<WorkspaceRecord> Read(DbConnection connection, DbTransaction transaction, string[] ids)
    {
        var arguments = new DynamicParameters();
        var list = SqlList.Of(arguments, "id", ids);
        var rows = connection
            .Query<WorkspaceRow>($"SELECT {WorkspaceRow.Columns} FROM workspaces WHERE id IN {list}", arguments, transaction)
            .AsList();
        var shares = connection
            .Query<(string Workspace, string User, string Access)>(
                $"SELECT workspace, user_id, access FROM workspace_shares WHERE workspace IN {list}",
                arguments,
                transaction
            )
            .ToLookup(row => row.Workspace, StringComparer.Ordinal);
        return rows.Select(row =>
            row.ToRecord(shares[row.Id].ToDictionary(share => share.User, share => share.Access, StringComparer.Ordinal))
        );
    }

    internal static string Escape(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal)
            .Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal);
}
