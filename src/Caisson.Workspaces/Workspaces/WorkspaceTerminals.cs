using Caisson.Identity;
using Caisson.Policy.Manifest;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Terminals;

namespace Caisson.Workspaces.Workspaces;

/// <summary>Workspaces as places for terminals, with their owner and shares.</summary>
internal sealed class WorkspaceTerminals(WorkspaceService service) : ITerminalHost
{
    public TerminalPlace? Find(string workspace) =>
        Identifier.IsValid(workspace, 'w') && service.Store.Find(workspace) is { Deleted: null } record
            ? new TerminalPlace
            {
                Workspace = record.Id,
                OwnerId = record.Owner,
                Shares = record.Shares,
                Sandbox = service.Sandbox(record),
                Directory = record.Health.Any(finding => finding.Code == "start_in_missing")
                    ? InsideSteps.Projects
                    : record.Document.Resident.StartIn,
            }.With(
                record.Sandbox is { } id ? service.Held(id) : null,
                record.Name,
                record.Document.Policies,
                record.Document.Recording ?? RecordingMode.Off
            )
            : null;
}
