using Caisson.Storage;
using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>The stores of one empty installation on one kind of database.</summary>
public abstract class WorkspaceLab : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("caisson-ws-").FullName;

    protected WorkspaceLab(DatabaseLab lab)
    {
        Lab = lab;
        Open = lab.NewPlace();
        Database = Open();
        Events = new EventStream(Database, TimeProvider.System);
        Workspaces = new WorkspaceStore(Database, Events, Time);
        Jobs = new JobStore(Database, Events, TimeProvider.System);
    }

    protected DatabaseLab Lab { get; }

    protected Func<Database> Open { get; }

    private protected MovedTime Time { get; } = new();

    protected Database Database { get; }

    protected EventStream Events { get; }

    protected WorkspaceStore Workspaces { get; }

    protected JobStore Jobs { get; }

    /// <summary>Of another server on the same database and the same volume.</summary>
    protected WorkspaceLeases Leases(string holder, Database? database = null, string? volume = null) =>
        new(database ?? Database, holder, Path.Combine(_directory, volume ?? "shared"), TimeProvider.System);

    protected WorkspaceRecord Add(string id, string owner = "u-1", string? name = null)
    {
        var record = Sample.Workspace(id, owner, name ?? id);
        Events.Do(
            (connection, transaction, added) =>
            {
                WorkspaceStore.Insert(connection, transaction, added, record);
                return 0;
            }
        );
        return record;
    }

    protected JobRecord AddJob(string id, WorkspaceRecord workspace, string kind = JobKinds.Create) =>
        Events.Do((connection, transaction, added) => Jobs.Insert(connection, transaction, added, id, workspace, kind, "u-1"));

    public void Dispose()
    {
        Database.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
