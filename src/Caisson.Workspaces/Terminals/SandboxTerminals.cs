using Caisson.Sandboxes;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Workspaces.Terminals;

/// <summary>Sandboxes of <c>caisson run</c> as places for terminals, under their own ids.</summary>
internal sealed class SandboxTerminals(SandboxService sandboxes) : ITerminalHost
{
    public TerminalPlace? Find(string workspace)
    {
        if (!SandboxId.IsValid(workspace) || sandboxes.FindById(workspace) is not var (record, sandbox))
            return null;
        // A workspace's sandbox is reached by its workspace, whose owner and shares decide.
        if (record.Document.Request.Resident is not null)
            return null;
        return new TerminalPlace
        {
            Workspace = record.Id,
            Sandbox = sandbox,
            Directory = record.Document.WorkingDirectory,
        }.With(sandboxes.Held(record.Id), record.Name, record.Document.Policies);
    }
}
