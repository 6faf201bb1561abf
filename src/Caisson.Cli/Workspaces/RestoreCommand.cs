using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class RestoreCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace(deleted: true);
        var name = new Option<string?>("--as") { Description = "Under another name, when its own is taken.", HelpName = "NAME" };
        return new Command("restore", "Brings back a deleted workspace with its home; it is stopped then.") { workspace, name }
            .Prints(WorkspaceJson.Default.WorkspaceResponse)
            .Examples("caisson workspace restore web", "caisson workspace restore web --as web-before")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation, deleted: true);
                    var restored = await client.PostAsync(
                        $"{WorkspaceNames.Path(found.Id)}/restore",
                        new RestoreRequest(result.GetValue(name)),
                        WorkspaceJson.Default.RestoreRequest,
                        WorkspaceJson.Default.WorkspaceResponse,
                        cancellation
                    );
                    return WorkspaceNames.Print(result, restored, $"{restored.Name} is back: caisson workspace start {restored.Name}");
                }
            );
    }
}
