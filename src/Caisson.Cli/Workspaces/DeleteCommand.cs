using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Workspaces;

/// <summary><c>caisson workspace rm</c>: says what is nowhere else before it deletes, and asks where that could not be brought back.</summary>
internal static class DeleteCommand
{
    internal static Command Create()
    {
        var workspace = WorkspaceNames.Workspace();
        var force = new Option<bool>("--force") { Description = "Give it up at once, with its home, whatever its state." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be lost and what is kept until when." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Delete work that is nowhere else without asking." };
        return new Command("rm", "Deletes a workspace; its home is kept for a while and can be restored.") { workspace, force, dryRun, yes }
            .Prints(WorkspaceJson.Default.DeletionResponse)
            .Examples("caisson workspace rm web", "caisson workspace rm web --dry-run --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var path = WorkspaceNames.Path(found.Id);
                    var preview = await client.GetAsync($"{path}/deletion", WorkspaceJson.Default.DeletionResponse, cancellation);
                    if (Verb.IsJson(result))
                        Printer.Json(preview, WorkspaceJson.Default.DeletionResponse);
                    var lines = DeletionText.Lines(preview).ToList();
                    if (result.GetValue(dryRun))
                    {
                        if (!Verb.IsJson(result))
                            lines.ForEach(Console.Out.WriteLine);
                        return ExitCode.Ok;
                    }
                    var lost = DeletionText.HasUnsaved(preview) && (result.GetValue(force) || preview.KeptUntil is null);
                    foreach (var line in lines)
                        Printer.Words($"caisson: {line}");
                    if (lost && !result.GetValue(yes) && !Confirm(found.Name))
                        return ExitCode.State;
                    var accepted = await client.DeleteAsync(
                        path + (result.GetValue(force) ? "?force=true" : ""),
                        WorkspaceJson.Default.JobAccepted,
                        cancellation
                    );
                    foreach (var orphan in accepted.Orphans)
                        Printer.Words($"caisson: may remain for a while: {orphan}");
                    if (accepted.Job is { } job)
                        await JobWatch.FollowAsync(client, job, cancellation);
                    return ExitCode.Ok;
                }
            );
    }

    private static bool Confirm(string name)
    {
        if (!RawTerminal.IsInteractive)
            throw new CommandFailure(
                ExitCode.State,
                $"{name} holds work that is nowhere else and would be lost; nothing was deleted.",
                "Save it, or delete with --yes."
            );
        Console.Error.Write($"This work can't be brought back. Delete {name}? [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
