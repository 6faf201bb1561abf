using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class ShareCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        var person = Person();
        var right = new Option<string>("--right")
        {
            Description = "viewer (default) or collaborator.",
            DefaultValueFactory = _ => "viewer",
        };
        right.AcceptOnlyFromAmong("viewer", "collaborator");
        right.Completes(LiveNames.Words("viewer", "collaborator"));
        return new Command("share", "Lets somebody else see a workspace, or work in it.") { workspace, person, right }
            .Prints(WorkspaceJson.Default.WorkspaceResponse)
            .Examples("caisson workspace share web ada@example.org", "caisson workspace share web ada@example.org --right collaborator")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var shared = await client.PutAsync(
                        Path(found.Id, result.GetValue(person)!),
                        new ShareRequest(result.GetValue(right)!),
                        WorkspaceJson.Default.ShareRequest,
                        WorkspaceJson.Default.WorkspaceResponse,
                        cancellation
                    );
                    return WorkspaceNames.Print(result, shared, $"{shared.Name} is shared with {shared.Shares.Count} people");
                }
            );
    }

    internal static Command CreateUnshare()
    {
        var workspace = WorkspaceNames.Workspace();
        var person = Person();
        return new Command("unshare", "Takes back what somebody else may do; what they have open closes.") { workspace, person }
            .Prints(WorkspaceJson.Default.WorkspaceResponse)
            .Examples("caisson workspace unshare web ada@example.org", "caisson workspace unshare web ada@example.org --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var shared = await client.DeleteAsync(
                        Path(found.Id, result.GetValue(person)!),
                        WorkspaceJson.Default.WorkspaceResponse,
                        cancellation
                    );
                    return WorkspaceNames.Print(result, shared, $"{shared.Name} is shared with {shared.Shares.Count} people");
                }
            );
    }

    private static Argument<string> Person() => new("person") { Description = "Address or id of somebody who can sign in." };

    private static string Path(string workspace, string person) =>
        $"{WorkspaceNames.Path(workspace)}/shares/{Uri.EscapeDataString(person)}";
}
