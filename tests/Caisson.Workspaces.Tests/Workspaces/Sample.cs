using Caisson.Api;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

internal static class Sample
{
    internal static WorkspaceRecord Workspace(string id, string owner = "u-1", string name = "one") =>
        new()
        {
            Id = id,
            Owner = owner,
            Name = name,
            Title = name,
            Template = "default",
            TemplateHash = "sha256:0",
            Observed = WorkspaceState.Queued,
            Desired = DesiredState.Running,
            Since = TimeProvider.System.GetUtcNow(),
            Reason = "create",
            Message = "",
            Document = new WorkspaceDocument
            {
                Isolation = "namespaces",
                Resident = new Resident { Workspace = id, StartIn = "/home/agent" },
            },
            Version = 1,
            Created = TimeProvider.System.GetUtcNow(),
            LastUsed = TimeProvider.System.GetUtcNow(),
        };
}
