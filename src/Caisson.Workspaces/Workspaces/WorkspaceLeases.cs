using System.Globalization;
using Caisson.Storage;
using Caisson.Workspaces.Allocation;
using Dapper;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// Who may run the sandbox of a workspace. A lease has a number that rises with each taking and is also written into the workspace's directory,
/// where it never falls: whoever holds an older one finds that out before it touches the home.
/// </summary>
/// <param name="holder">This data directory: a server that follows one that died there has the same.</param>
public sealed class WorkspaceLeases(Database database, string holder, string directory, TimeProvider time)
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(90);

    /// <returns>The number, or null while somebody else has it.</returns>
    public long? Take(string workspace)
    {
        var now = time.GetUtcNow();
        var fence = database.Do(
            (connection, transaction) =>
                connection.QuerySingleOrDefault<long?>(
                    """
                    INSERT INTO workspace_leases (workspace, holder, fence, expires) VALUES (@workspace, @holder, 1, @expires)
                    ON CONFLICT (workspace) DO UPDATE SET holder = excluded.holder, fence = workspace_leases.fence + 1, expires = excluded.expires
                    WHERE workspace_leases.holder = excluded.holder OR workspace_leases.expires < @now
                    RETURNING fence
                    """,
                    new
                    {
                        workspace,
                        holder,
                        now = Timestamp.Format(now),
                        expires = Timestamp.Format(now + Length),
                    },
                    transaction
                )
        );
        return fence is { } number && Write(workspace, number) ? number : null;
    }

    /// <summary>Holds it on. False: somebody else has taken it meanwhile, and what runs here has to end.</summary>
    public bool Renew(string workspace, long fence) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "UPDATE workspace_leases SET expires = @expires WHERE workspace = @workspace AND holder = @holder AND fence = @fence",
                    new
                    {
                        workspace,
                        holder,
                        fence,
                        expires = Timestamp.Format(time.GetUtcNow() + Length),
                    },
                    transaction
                ) == 1
        );

    /// <summary>Gives it back. The number stays, so that the next one is higher.</summary>
    public void Release(string workspace) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "UPDATE workspace_leases SET expires = @past WHERE workspace = @workspace AND holder = @holder",
                    new
                    {
                        workspace,
                        holder,
                        past = Timestamp.Format(time.GetUtcNow() - TimeSpan.FromSeconds(1)),
                    },
                    transaction
                )
        );

    /// <summary>False when a higher number stands there: another server was here in the meantime.</summary>
    private bool Write(string workspace, long fence)
    {
        var own = Path.Combine(directory, workspace);
        Directory.CreateDirectory(own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var gate = FileGate.Enter(Path.Combine(own, "lock"));
        var file = Path.Combine(own, "fence");
        if (File.Exists(file) && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var there) && there > fence)
            return false;
        PrivateFile.Write(file, System.Text.Encoding.ASCII.GetBytes(fence.ToString(CultureInfo.InvariantCulture)));
        return true;
    }
}
