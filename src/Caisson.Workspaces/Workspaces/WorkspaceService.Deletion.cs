using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What somebody should know before they delete.</summary>
/// <param name="Work">Null: it can't be told, because it doesn't run and did not stop in order.</param>
/// <param name="KeptUntil">Null: no home is kept.</param>
public sealed record DeletionPreview(WorkspaceRecord Workspace, WorkSurvey? Work, DateTimeOffset? KeptUntil);

/// <summary>What a deletion would take away.</summary>
public sealed partial class WorkspaceService
{
    /// <summary>Asks the home's own git where the workspace runs; else tells what was so when it stopped.</summary>
    public async Task<DeletionPreview> PreviewDeletionAsync(WorkspaceRecord workspace, CancellationToken cancellation)
    {
        var work = workspace.Work;
        if (Sandbox(workspace) is { } sandbox)
        {
            try
            {
                work = await _work.LookAsync(sandbox, cancellation);
            }
            catch (Exception exception) when (exception is InitException or SandboxException)
            {
                // It ends in this moment, or is frozen for its disk: nothing is better than something old.
                work = null;
            }
        }
        var until =
            workspace.HomeUntil ?? (workspace.Sandbox is not null && HomeKept > TimeSpan.Zero ? _time.GetUtcNow() + HomeKept : null);
        return new DeletionPreview(workspace, work, until);
    }
}
