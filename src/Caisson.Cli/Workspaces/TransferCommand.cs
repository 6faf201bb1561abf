using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class TransferCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        var person = new Argument<string>("person") { Description = "Address or id of who gets it." };
        var keep = new Option<string?>("--keep") { Description = "What you may do then: collaborator or viewer; default: nothing." };
        keep.AcceptOnlyFromAmong("collaborator", "viewer");
        keep.Completes(LiveNames.Words("collaborator", "viewer"));
        var name = new Option<string?>("--as") { Description = "Under another name, when they have one of this name.", HelpName = "NAME" };
        return new Command("transfer", "Makes a workspace somebody else's.") { workspace, person, keep, name }
            .Prints(WorkspaceJson.Default.WorkspaceResponse)
            .Examples("caisson workspace transfer web ada@example.org", "caisson workspace transfer web ada@example.org --keep viewer")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var moved = await client.PostAsync(
                        $"{WorkspaceNames.Path(found.Id)}/transfer",
                        new TransferRequest(result.GetValue(person)!, result.GetValue(keep), result.GetValue(name)),
                        WorkspaceJson.Default.TransferRequest,
                        WorkspaceJson.Default.WorkspaceResponse,
                        cancellation
                    );
                    return WorkspaceNames.Print(result, moved, $"{moved.Name} is {moved.Owner.Address}'s now");
                }
            );
    }
}
