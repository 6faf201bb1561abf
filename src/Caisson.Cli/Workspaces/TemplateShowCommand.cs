using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

/// <summary><c>caisson template show</c>: what a template takes, and its presets.</summary>
internal static class TemplateShowCommand
{
    internal static Command Create()
    {
        var name = TemplateCommands.Template();
        return new Command("show", "Shows what a template takes, its presets, and what comes with it.") { name }
            .Prints(WorkspaceJson.Default.TemplateResponse)
            .Examples("caisson template show default", "caisson template show course --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var page = await client.GetAsync("/api/v1/templates", WorkspaceJson.Default.TemplatePage, cancellation);
                    var wanted = result.GetValue(name)!;
                    var template =
                        page.Items.FirstOrDefault(known => known.Name == wanted)
                        ?? throw new CommandFailure(
                            ExitCode.Usage,
                            $"There is no template '{wanted}'.",
                            "caisson template ls",
                            page.Faults
                        );
                    if (Verb.IsJson(result))
                        Printer.Json(template, WorkspaceJson.Default.TemplateResponse);
                    else
                        Print(template);
                    return ExitCode.Ok;
                }
            );
    }

    private static void Print(TemplateResponse template)
    {
        foreach (
            var (title, text) in new[]
            {
                ("template", template.Description is { } words ? $"{template.Name}: {words}" : template.Name),
                ("policies", TemplateCommands.Join(template.Policies)),
                ("agents", TemplateCommands.Join(template.Agents)),
                ("projects", TemplateCommands.Join([.. template.Projects, .. template.Repositories])),
            }
        )
            Console.Out.WriteLine($"{title, -10} {text}");
        foreach (var preset in template.Presets)
            Console.Out.WriteLine(
                $"{"preset", -10} {preset.Name}: {preset.Label}{(preset.Description is { } words ? $", {words}" : "")} "
                    + $"({string.Join(", ", preset.Parameters.Select(pair => $"{pair.Key}={pair.Value}"))})"
            );
        if (template.Parameters.Count == 0)
            return;
        Console.Out.WriteLine();
        Printer.Table(
            ["PARAMETER", "TYPE", "DEFAULT", "TAKES", "LABEL"],
            template.Parameters.Select(parameter =>
                (IReadOnlyList<string>)
                    [parameter.Name, parameter.Type, parameter.Default ?? "(needed)", Takes(parameter), parameter.Help ?? parameter.Label]
            )
        );
    }

    private static string Takes(TemplateParameterResponse parameter) =>
        parameter switch
        {
            { Choices.Count: > 0 } => string.Join("|", parameter.Choices),
            { Pattern: { } pattern } => pattern,
            { Min: null, Max: null } => "-",
            _ => string.Create(CultureInfo.InvariantCulture, $"{parameter.Min}..{parameter.Max}"),
        };
}
