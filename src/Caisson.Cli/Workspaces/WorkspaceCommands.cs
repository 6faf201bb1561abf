using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class WorkspaceCommands
{
    internal static Command Create() =>
        new("workspace", "Lasting places with a home of their own.")
        {
            List(),
            New(),
            Act("start", "Starts a workspace with the home that it has.", "caisson workspace start web"),
            Act("stop", "Ends all programs of a workspace; the home stays.", "caisson workspace stop web"),
            Act("restart", "Stops and starts a workspace.", "caisson workspace restart web"),
            ExtendCommand.Create(),
            DeleteCommand.Create(),
            RestoreCommand.Create(),
            RenameCommand.Create(),
            TransferCommand.Create(),
            DuplicateCommand.Create(),
            ShareCommand.Create(),
            ShareCommand.CreateUnshare(),
            Why(),
            Open(),
        };

    private static Command List()
    {
        var deleted = new Option<bool>("--deleted") { Description = "Those that are deleted and can be restored." };
        return new Command("ls", "Lists workspaces, newest first.") { deleted }
            .Prints(WorkspaceJson.Default.WorkspacePage)
            .Examples("caisson workspace ls", "caisson workspace ls --deleted --format jsonl")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var page = await client.GetAsync(
                        $"/api/v1/workspaces?limit=200{(result.GetValue(deleted) ? "&deleted=true" : "")}",
                        WorkspaceJson.Default.WorkspacePage,
                        cancellation
                    );
                    Printer.List(
                        Verb.OutputOf(result),
                        (page, WorkspaceJson.Default.WorkspacePage),
                        (page.Items, WorkspaceJson.Default.WorkspaceResponse),
                        ["NAME", "STATE", "HEALTH", "TEMPLATE", "OWNER", "CREATED", "ID"],
                        workspace =>
                            [
                                workspace.Name,
                                workspace.Observed,
                                workspace.Health.State,
                                workspace.Template + (workspace.Outdated ? " (outdated)" : ""),
                                workspace.Owner.Address,
                                workspace.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                                workspace.Id,
                            ]
                    );
                    return ExitCode.Ok;
                }
            );
    }

    private static Command New()
    {
        var name = new Argument<string?>("name")
        {
            Description = "Lower case letters, digits, hyphens; default: the template's.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var template = new Option<string>("--template")
        {
            Description = "A template (`caisson template ls`).",
            DefaultValueFactory = _ => "default",
        };
        template.Completes(LiveNames.Templates);
        var parameters = new Option<string[]>("--parameter", "-p")
        {
            Description = "NAME=VALUE, for each of the template's.",
            HelpName = "NAME=VALUE",
        };
        var preset = new Option<string?>("--preset") { Description = "One of the template's ways to fill it in.", HelpName = "NAME" };
        var title = new Option<string?>("--title") { Description = "What people read; default: the name.", HelpName = "TEXT" };
        var dotfiles = new Option<string?>("--dotfiles")
        {
            Description = "A repository of your own settings; '' for none. Default: as your settings say.",
            HelpName = "URL",
        };
        return new Command("create", "Makes a workspace from a template and starts it.")
        {
            name,
            template,
            preset,
            parameters,
            title,
            dotfiles,
        }
            .Prints(WorkspaceJson.Default.CreatedResponse)
            .Examples("caisson workspace create web", "caisson workspace create lab --template course -p track=a")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var created = await client.PostAsync(
                        "/api/v1/workspaces",
                        new NewWorkspaceRequest
                        {
                            Template = result.GetValue(template)!,
                            Name = result.GetValue(name),
                            Title = result.GetValue(title),
                            Preset = result.GetValue(preset),
                            Dotfiles = result.GetValue(dotfiles),
                            Parameters = Parameters.Read(result.GetValue(parameters) ?? []),
                        },
                        WorkspaceJson.Default.NewWorkspaceRequest,
                        WorkspaceJson.Default.CreatedResponse,
                        cancellation
                    );
                    if (created.Existing)
                        Printer.Words($"caisson: {created.Workspace.Name} is there already ({created.Workspace.Observed})");
                    else if (created.Job is { } job)
                        await JobWatch.FollowAsync(client, job, cancellation);
                    if (Verb.IsJson(result))
                        Printer.Json(created, WorkspaceJson.Default.CreatedResponse);
                    else
                        Console.Out.WriteLine(created.Workspace.Id);
                    return ExitCode.Ok;
                }
            );
    }

    private static Command Act(string verb, string description, string example)
    {
        var workspace = WorkspaceNames.Workspace();
        return new Command(verb, description) { workspace }
            .Examples(example, $"{example} --quiet")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var accepted = await client.PostAsync(
                        $"{WorkspaceNames.Path(found.Id)}/{verb}",
                        new Problem(),
                        ApiJson.Default.Problem,
                        WorkspaceJson.Default.JobAccepted,
                        cancellation
                    );
                    await JobWatch.FollowAsync(client, accepted.Job!, cancellation);
                    return ExitCode.Ok;
                }
            );
    }

    private static Command Why()
    {
        var workspace = WorkspaceNames.Workspace();
        return new Command("why", "Says why a workspace runs, stopped or failed.") { workspace }
            .Prints(WorkspaceJson.Default.WhyResponse)
            .Examples("caisson workspace why web", "caisson workspace why web --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    var why = await client.GetAsync(
                        $"{WorkspaceNames.Path(found.Id)}/why",
                        WorkspaceJson.Default.WhyResponse,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                        Printer.Json(why, WorkspaceJson.Default.WhyResponse);
                    else
                        Console.Out.WriteLine(why.Text);
                    return ExitCode.Ok;
                }
            );
    }

    private static Command Open()
    {
        var workspace = WorkspaceNames.Workspace();
        return new Command("open", "Prints the address of a workspace's page.") { workspace }
            .Examples("caisson workspace open web", "caisson workspace open web --quiet")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var found = await WorkspaceNames.FindAsync(client, result.GetValue(workspace)!, cancellation);
                    Console.Out.WriteLine(found.Url);
                    return ExitCode.Ok;
                }
            );
    }
}
