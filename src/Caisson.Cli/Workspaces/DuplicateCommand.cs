using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class DuplicateCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        var name = new Argument<string>("new-name") { Description = "Of the copy." };
        var title = new Option<string?>("--title") { Description = "What people read; default: the name.", HelpName = "TEXT" };
        return new Command("duplicate", "Makes another workspace with a copy of the home of one that runs.") { workspace, name, title }
            .Prints(WorkspaceJson.Default.CreatedResponse)
            .Examples("caisson workspace duplicate web web-2", "caisson workspace duplicate web try --title Try")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var made = await client.PostAsync(
                        $"{WorkspaceNames.Path(found.Id)}/duplicate",
                        new DuplicateRequest(result.GetValue(name)!, result.GetValue(title)),
                        WorkspaceJson.Default.DuplicateRequest,
                        WorkspaceJson.Default.CreatedResponse,
                        cancellation
                    );
                    await JobWatch.FollowAsync(client, made.Job!, cancellation);
                    if (Verb.IsJson(result))
                        Printer.Json(made, WorkspaceJson.Default.CreatedResponse);
                    else
                        Console.Out.WriteLine(made.Workspace.Id);
                    return ExitCode.Ok;
                }
            );
    }
}
