using Caisson.Identity.Leaving;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Workspaces;

/// <summary>When somebody is disabled: what was shared with them is taken back, and their workspaces stop. Homes stay.</summary>
public sealed class WorkspaceLeaving(WorkspaceService service) : ILeavingStep
{
    public string Name => "workspaces";

    public async Task<string> EndAsync(string userId, CancellationToken cancellation)
    {
        var shared = service.Store.SharedWith(userId);
        foreach (var workspace in shared)
            service.Store.Share(workspace, userId, right: null);
        // Also those that are down for the moment: nothing brings them back.
        foreach (var workspace in service.Store.OwnedBy(userId))
            service.Rest(workspace.Id);
        var running = service.Store.OwnedBy(userId).Where(workspace => Transitions.AllowsAction(workspace.Observed, "stop")).ToList();
        foreach (var workspace in running)
        {
            try
            {
                await service.StopAsync(workspace.Id, WorkspaceService.Caisson, "offboarded");
            }
            catch (SandboxException exception) when (exception.Code == "invalid_transition")
            {
                // It has stopped meanwhile.
            }
        }
        return $"{shared.Count} shares taken back, {running.Count} workspaces stopped";
    }
}
