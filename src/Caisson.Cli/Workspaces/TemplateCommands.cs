using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Workspaces;

internal static class TemplateCommands
{
    internal static Command Create() => new("template", "What workspaces are made from.") { List(), TemplateShowCommand.Create(), Plan() };

    private static Command List() =>
        new Command("ls", "Lists the templates of this installation.")
            .Prints(WorkspaceJson.Default.TemplatePage)
            .Examples("caisson template ls", "caisson template ls --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var page = await client.GetAsync("/api/v1/templates", WorkspaceJson.Default.TemplatePage, cancellation);
                    foreach (var fault in page.Faults)
                        Printer.Words($"caisson: {fault}");
                    Printer.List(
                        Verb.OutputOf(result),
                        (page, WorkspaceJson.Default.TemplatePage),
                        (page.Items, WorkspaceJson.Default.TemplateResponse),
                        ["TEMPLATE", "POLICIES", "AGENTS", "PARAMETERS", "DESCRIPTION"],
                        template =>
                            [
                                template.Name,
                                Join(template.Policies),
                                Join(template.Agents),
                                Join([.. template.Parameters.Select(parameter => parameter.Name)]),
                                template.Description ?? "-",
                            ]
                    );
                    return ExitCode.Ok;
                }
            );

    private static Command Plan()
    {
        var name = Template();
        var parameters = new Option<string[]>("--parameter", "-p")
        {
            Description = "NAME=VALUE, for each of the template's.",
            HelpName = "NAME=VALUE",
        };
        var preset = new Option<string?>("--preset") { Description = "One of the template's ways to fill it in.", HelpName = "NAME" };
        return new Command("plan", "Shows what a workspace from a template would be; nothing is made.") { name, preset, parameters }
            .Prints(WorkspaceJson.Default.TemplatePlanResponse)
            .Examples("caisson template plan default", "caisson template plan course -p track=a --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var plan = await client.PostAsync(
                        $"/api/v1/templates/{Uri.EscapeDataString(result.GetValue(name)!)}/plan",
                        new TemplatePlanRequest
                        {
                            Preset = result.GetValue(preset),
                            Parameters = Parameters.Read(result.GetValue(parameters) ?? []),
                        },
                        WorkspaceJson.Default.TemplatePlanRequest,
                        WorkspaceJson.Default.TemplatePlanResponse,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                    {
                        Printer.Json(plan, WorkspaceJson.Default.TemplatePlanResponse);
                        return ExitCode.Ok;
                    }
                    Console.Out.WriteLine($"policies   {Join(plan.Policies)}");
                    foreach (
                        var (title, lines) in new[]
                        {
                            ("route", plan.Routes),
                            ("limit", plan.Limits),
                            ("step", plan.Steps),
                            ("warning", plan.Warnings),
                        }
                    )
                    {
                        foreach (var line in lines)
                            Console.Out.WriteLine($"{title, -10} {line}");
                    }
                    foreach (var risk in plan.Risks)
                        Console.Out.WriteLine($"risk       {risk.Rank} {risk.Kind}: {risk.Text}");
                    if (plan.ExpectedSeconds is { } seconds)
                        Console.Out.WriteLine($"expected   {seconds:0} s");
                    Console.Out.WriteLine($"cost       {plan.Cost}");
                    foreach (var quota in plan.Quota)
                        Console.Out.WriteLine(
                            $"left       {quota.Name}: {Amount(quota.Left, quota.Unit)} of {Amount(quota.Of, quota.Unit)}"
                        );
                    return ExitCode.Ok;
                }
            );
    }

    private static string Amount(long value, string unit) =>
        unit != "bytes" ? $"{value} {unit}"
        : value >= 1L << 30 ? $"{value / (double)(1L << 30):0.#} GiB"
        : $"{value >> 20} MiB";

    internal static Argument<string> Template() =>
        new Argument<string>("template") { Description = "A template (`caisson template ls`)." }.Completes(LiveNames.Templates);

    internal static string Join(IReadOnlyList<string> names) => names.Count == 0 ? "-" : string.Join(",", names);
}
