using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class JobListCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        return new Command("ls", "Lists the jobs of a workspace, newest first.") { workspace }
            .Prints(WorkspaceJson.Default.JobPage)
            .Examples("caisson job ls web", "caisson job ls web --format jsonl")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var page = await client.GetAsync(
                        $"{WorkspaceNames.Path(found.Id)}/jobs?limit=200",
                        WorkspaceJson.Default.JobPage,
                        cancellation
                    );
                    Printer.List(
                        Verb.OutputOf(result),
                        (page, WorkspaceJson.Default.JobPage),
                        (page.Items, WorkspaceJson.Default.JobResponse),
                        ["KIND", "STATE", "CREATED", "ERROR", "ID"],
                        job =>
                            [
                                job.Kind,
                                job.State,
                                job.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                                job.Error?.Code ?? "-",
                                job.Id,
                            ]
                    );
                    return ExitCode.Ok;
                }
            );
    }
}
