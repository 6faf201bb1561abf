using Caisson.Api;

namespace Caisson.Workspaces.Workspaces;

/// <summary>The launch that a workspace asks the sandbox layer for. It names no directory of the host.</summary>
internal static class WorkspaceRequest
{
    internal static RunRequest Of(string name, WorkspaceDocument document) =>
        new()
        {
            Name = name,
            Directory = "/",
            Policies = document.Policies,
            Driver = document.Driver,
            Keep = true,
            Resident = document.Resident,
        };
}
