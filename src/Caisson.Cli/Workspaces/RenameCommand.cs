using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class RenameCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        var name = new Argument<string?>("new-name")
        {
            Description = "Lower case letters, digits, hyphens. Links with the old one go on for 30 days.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var title = new Option<string?>("--title") { Description = "What people read.", HelpName = "TEXT" };
        return new Command("rename", "Gives a workspace another name, another title, or both.") { workspace, name, title }
            .Prints(WorkspaceJson.Default.WorkspaceResponse)
            .Examples("caisson workspace rename web shop", "caisson workspace rename web --title Shop")
            .Does(
                async (result, cancellation) =>
                {
                    var change = new WorkspaceChange(result.GetValue(title), result.GetValue(name));
                    if (change is { Title: null, Name: null })
                        throw new CommandFailure(
                            ExitCode.Usage,
                            "Neither a name nor --title was given.",
                            "caisson workspace rename --help"
                        );
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var changed = await client.PatchAsync(
                        WorkspaceNames.Path(found.Id),
                        change,
                        WorkspaceJson.Default.WorkspaceChange,
                        WorkspaceJson.Default.WorkspaceResponse,
                        cancellation
                    );
                    return WorkspaceNames.Print(result, changed, $"{changed.Name}: {changed.Title}");
                }
            );
    }
}
