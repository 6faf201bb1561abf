using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

/// <summary>People name workspaces; the API has ids.</summary>
internal static class WorkspaceNames
{
    internal static Argument<string> Workspace() =>
        new("workspace") { Description = "Name or id of a workspace (`caisson workspace ls`)." };

    /// <summary>The one with this id or name. Several people may have one of a name: then it takes the id.</summary>
    internal static async Task<WorkspaceResponse> FindAsync(ServerClient client, string name, CancellationToken cancellation)
    {
        if (name.StartsWith("w-", StringComparison.Ordinal) && name.Length == 28)
            return await client.GetAsync(Path(name), WorkspaceJson.Default.WorkspaceResponse, cancellation);
        var found = await client.GetAsync(
            $"/api/v1/workspaces?limit=200&q={Uri.EscapeDataString(name)}",
            WorkspaceJson.Default.WorkspacePage,
            cancellation
        );
        var named = found.Items.Where(workspace => workspace.Name == name).ToList();
        return named switch
        {
            [var one] => one,
            [] => throw new CommandFailure(ExitCode.Usage, $"There is no workspace '{name}'.", "caisson workspace ls"),
            _ => throw new CommandFailure(
                ExitCode.Usage,
                $"Several workspaces are named '{name}'.",
                "Use one of these ids.",
                [.. named.Select(workspace => $"{workspace.Id} of {workspace.Owner.Address}")]
            ),
        };
    }

    internal static string Path(string id) => $"/api/v1/workspaces/{Uri.EscapeDataString(id)}";
}
