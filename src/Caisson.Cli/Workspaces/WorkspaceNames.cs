using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

/// <summary>People name workspaces; the API has ids.</summary>
internal static class WorkspaceNames
{
    /// <param name="deleted">One that can be restored.</param>
    internal static Argument<string> Workspace(bool deleted = false) =>
        new Argument<string>("workspace") { Description = "Name or id of a workspace (`caisson workspace ls`)." }.Completes(
            deleted ? LiveNames.Deleted : LiveNames.Workspaces
        );

    /// <summary>The one with this id or name. Several people may have one of a name: then it takes the id.</summary>
    /// <param name="deleted">Among those that can be restored.</param>
    internal static async Task<WorkspaceResponse> FindAsync(
        ServerClient client,
        string name,
        CancellationToken cancellation,
        bool deleted = false
    )
    {
        if (name.StartsWith("w-", StringComparison.Ordinal) && name.Length == 28)
            return await client.GetAsync(Path(name), WorkspaceJson.Default.WorkspaceResponse, cancellation);
        var found = await client.GetAsync(
            $"/api/v1/workspaces?limit=200&q={Uri.EscapeDataString(name)}{(deleted ? "&deleted=true" : "")}",
            WorkspaceJson.Default.WorkspacePage,
            cancellation
        );
        var named = found.Items.Where(workspace => workspace.Name == name).ToList();
        return named switch
        {
            [var one] => one,
            [] => throw new CommandFailure(
                ExitCode.Usage,
                $"There is no {(deleted ? "deleted " : "")}workspace '{name}'.",
                $"caisson workspace ls{(deleted ? " --deleted" : "")}"
            ),
            _ => throw new CommandFailure(
                ExitCode.Usage,
                $"Several workspaces are named '{name}'.",
                "Use one of these ids.",
                [.. named.Select(workspace => $"{workspace.Id} of {workspace.Owner.Address}")]
            ),
        };
    }

    /// <summary>The workspace as data, or one sentence about it.</summary>
    internal static int Print(ParseResult result, WorkspaceResponse workspace, string sentence)
    {
        if (Verb.IsJson(result))
            Printer.Json(workspace, WorkspaceJson.Default.WorkspaceResponse);
        else
            Printer.Words($"caisson: {sentence}");
        return ExitCode.Ok;
    }

    internal static string Path(string id) => $"/api/v1/workspaces/{Uri.EscapeDataString(id)}";
}
