using System.Data.Common;
using Caisson.Storage;
using Dapper;

namespace Caisson.Workspaces.Workspaces;

/// <summary>Where links by owner and name lead: to what has the name now, else for a while to what had it.</summary>
public sealed partial class WorkspaceStore
{
    /// <summary>How long a link with an earlier owner or name is good.</summary>
    public static readonly TimeSpan LinksKept = TimeSpan.FromDays(30);

    /// <summary>The workspace that a link means. A name that somebody has taken since means theirs.</summary>
    public WorkspaceRecord? FindByLink(string owner, string name) =>
        database.Read(
            (connection, transaction) =>
            {
                var id = connection.QuerySingleOrDefault<string?>(
                    """
                    SELECT id FROM workspaces WHERE owner = @owner AND name = @name AND deleted IS NULL
                    UNION ALL
                    SELECT workspace FROM workspace_names WHERE owner = @owner AND name = @name AND until > @now
                        AND NOT EXISTS (SELECT 1 FROM workspaces WHERE owner = @owner AND name = @name AND deleted IS NULL)
                    """,
                    new
                    {
                        owner,
                        name,
                        now = Timestamp.Format(time.GetUtcNow()),
                    },
                    transaction
                );
                return id is null ? null
                    : Find(connection, transaction, id) is { Deleted: null } found ? found
                    : null;
            }
        );

    /// <summary>Keeps the links to what a workspace was named until now.</summary>
    internal void KeepLink(DbConnection connection, DbTransaction transaction, WorkspaceRecord before)
    {
        var now = time.GetUtcNow();
        connection.Execute(
            "DELETE FROM workspace_names WHERE until <= @now OR (owner = @Owner AND name = @Name)",
            new
            {
                now = Timestamp.Format(now),
                before.Owner,
                before.Name,
            },
            transaction
        );
        connection.Execute(
            "INSERT INTO workspace_names (owner, name, workspace, until) VALUES (@Owner, @Name, @Id, @until)",
            new
            {
                before.Owner,
                before.Name,
                before.Id,
                until = Timestamp.Format(now + LinksKept),
            },
            transaction
        );
    }
}
