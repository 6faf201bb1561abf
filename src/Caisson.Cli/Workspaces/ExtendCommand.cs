using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class ExtendCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        var hours = new Option<double>("--hours") { Description = "From now, at most 168; default: 4.", DefaultValueFactory = _ => 4 };
        return new Command("extend", "Keeps a workspace from being stopped because nobody uses it.") { workspace, hours }
            .Prints(WorkspaceJson.Default.WorkspaceResponse)
            .Examples("caisson workspace extend web", "caisson workspace extend web --hours 1")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var extended = await client.PostAsync(
                        $"{WorkspaceNames.Path(found.Id)}/extend",
                        new ExtendRequest(result.GetValue(hours)),
                        WorkspaceJson.Default.ExtendRequest,
                        WorkspaceJson.Default.WorkspaceResponse,
                        cancellation
                    );
                    return WorkspaceNames.Print(
                        result,
                        extended,
                        extended.StopsAt is { } end
                            ? $"{extended.Name} runs at least until {end.ToLocalTime():yyyy-MM-dd HH:mm}"
                            : $"{extended.Name} is not stopped for want of use at all"
                    );
                }
            );
    }
}
