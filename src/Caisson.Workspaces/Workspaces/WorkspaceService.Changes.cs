using Caisson.Api;
using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Workspaces.Jobs;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What a workspace is named and whose it is. Its id, its history and the links to it stay.</summary>
public sealed partial class WorkspaceService
{
    /// <summary>Another title or name. Null: it has changed since <paramref name="version"/>.</summary>
    /// <exception cref="SandboxException"><c>invalid_request</c>, <c>name_taken</c>, <c>invalid_transition</c>.</exception>
    public WorkspaceRecord? Rename(string id, string? title, string? name, long version)
    {
        if (title is not null)
            WorkspaceFields.Demand("title", WorkspaceFields.WhyNotTitle(title));
        if (name is not null)
            WorkspaceFields.Demand("name", WorkspaceFields.WhyNotName(name));
        return _events.Do(
            (connection, transaction, added) =>
            {
                if (WorkspaceStore.Find(connection, transaction, id) is not { } before || before.Version != version)
                    return null;
                if (name is not null && name != before.Name)
                {
                    DemandNotDeleted(before);
                    if (WorkspaceStore.FindByName(connection, transaction, before.Owner, name) is not null)
                        throw new SandboxException("name_taken", $"There is a workspace '{name}' already.", "Choose another name.");
                    _store.KeepLink(connection, transaction, before);
                }
                if (title is not null)
                    WorkspaceTitles.Demand(connection, transaction, before.Owner, id, title);
                return WorkspaceStore.Change(
                    connection,
                    transaction,
                    added,
                    id,
                    now => now with { Title = title ?? now.Title, Name = name ?? now.Name }
                );
            }
        );
    }

    /// <summary>
    /// Makes it somebody else's. What runs goes on; commits made from then on are the new owner's once their identity is in the home, which is theirs to
    /// change.
    /// </summary>
    /// <param name="keep">What the owner until now may do afterwards, or null for nothing.</param>
    /// <param name="name">Under another name, or null for its own.</param>
    /// <exception cref="SandboxException"><c>invalid_request</c>, <c>name_taken</c>, <c>invalid_transition</c>.</exception>
    public WorkspaceRecord Transfer(string id, Person owner, string? keep, string? name, string actor)
    {
        if (keep is not (null or WorkspaceRights.Collaborator or WorkspaceRights.Viewer))
            throw new SandboxException("invalid_request", "keep: collaborator or viewer is expected.");
        if (name is not null)
            WorkspaceFields.Demand("name", WorkspaceFields.WhyNotName(name));
        return _events.Do(
            (connection, transaction, added) =>
            {
                var before = WorkspaceStore.Find(connection, transaction, id) ?? throw Unknown();
                DemandNotDeleted(before);
                if (before.Owner == owner.Id)
                    throw new SandboxException("invalid_request", "owner: it is theirs already.");
                if (WorkspaceStore.FindByName(connection, transaction, owner.Id, name ?? before.Name) is not null)
                    throw new SandboxException(
                        "name_taken",
                        $"They have a workspace '{name ?? before.Name}' already.",
                        "Transfer it under another name."
                    );
                _store.KeepLink(connection, transaction, before);
                WorkspaceStore.SetShare(connection, transaction, id, owner.Id, null);
                WorkspaceStore.SetShare(connection, transaction, id, before.Owner, keep);
                return WorkspaceStore.Change(
                    connection,
                    transaction,
                    added,
                    id,
                    now =>
                        now with
                        {
                            Owner = owner.Id,
                            Name = name ?? now.Name,
                            Title = WorkspaceTitles.Free(connection, transaction, owner.Id, id, now.Title),
                            Actor = actor,
                            Document = now.Document with { Dotfiles = null, Resident = Of(owner, now.Document.Resident) },
                        }
                )!;
            }
        );
    }

    /// <summary>Makes another workspace of the same template, policies and parameters that begins with a copy of this one's home.</summary>
    /// <exception cref="SandboxException"><c>invalid_request</c>, <c>name_taken</c>, <c>state_conflict</c>: it does not run.</exception>
    public CreatedWorkspace Duplicate(string id, Person owner, string name, string? title, string actor)
    {
        WorkspaceFields.Demand("name", WorkspaceFields.WhyNotName(name));
        WorkspaceFields.Demand("title", WorkspaceFields.WhyNotTitle(title ?? name));
        var copy = Identifier.New('w');
        var jobId = Identifier.New('j');
        var now = _time.GetUtcNow();
        var made = _events.Do(
            (connection, transaction, added) =>
            {
                var source = WorkspaceStore.Find(connection, transaction, id) ?? throw Unknown();
                DemandNotDeleted(source);
                // The server reads no home: what runs in it packs what its user may read.
                if (source.Observed is not WorkspaceState.Running)
                    throw new SandboxException(
                        "state_conflict",
                        $"The home of a workspace that is {source.Observed.Text()} can't be copied.",
                        "Start it first."
                    );
                if (WorkspaceStore.FindByName(connection, transaction, owner.Id, name) is not null)
                    throw new SandboxException("name_taken", $"There is a workspace '{name}' already.", "Choose another name.");
                var workspace = new WorkspaceRecord
                {
                    Id = copy,
                    Owner = owner.Id,
                    Name = name,
                    Title = title is null
                        ? WorkspaceTitles.Free(connection, transaction, owner.Id, copy, name)
                        : WorkspaceTitles.Demand(connection, transaction, owner.Id, copy, title),
                    Template = source.Template,
                    TemplateHash = source.TemplateHash,
                    Observed = WorkspaceState.Queued,
                    Desired = DesiredState.Running,
                    Since = now,
                    Reason = JobKinds.Duplicate,
                    Message = "",
                    Actor = actor,
                    Document = source.Document with
                    {
                        CopyOf = source.Id,
                        // They are in the home already.
                        Dotfiles = null,
                        Resident = Of(owner, source.Document.Resident) with { Workspace = copy },
                    },
                    Job = jobId,
                    Version = 1,
                    Created = now,
                    LastUsed = now,
                };
                WorkspaceStore.Insert(connection, transaction, added, workspace);
                return new CreatedWorkspace(
                    workspace,
                    _jobs.Insert(connection, transaction, added, jobId, workspace, JobKinds.Duplicate, actor),
                    Existing: false
                );
            }
        );
        _runner.Enqueue(made.Job!);
        return made;
    }

    private static Resident Of(Person owner, Resident resident) =>
        resident with
        {
            GitName = owner.Name,
            GitEmail = owner.Address.Contains('@', StringComparison.Ordinal) ? owner.Address : null,
        };

    private static void DemandNotDeleted(WorkspaceRecord workspace)
    {
        if (workspace.Deleted is not null || workspace.Observed is WorkspaceState.Deleting)
            throw new SandboxException("invalid_transition", "It is deleted.", "Restore it first.");
    }
}
