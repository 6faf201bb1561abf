using Caisson.Api;
using Caisson.Cli.Output;

namespace Caisson.Cli.Sandboxes;

/// <summary>What a launch makes possible, in the order that matters to the person who answers for it.</summary>
internal static class PlanPrinter
{
    internal static void Print(PlanResponse plan, bool json, bool toError = false)
    {
        if (json)
        {
            Printer.Json(plan, ApiJson.Default.PlanResponse);
            return;
        }
        var writer = toError ? Console.Error : Console.Out;
        Line("agent", plan.Agent ?? "(none)");
        Line("command", string.Join(' ', plan.Command));
        Line("sandbox", $"{plan.Driver}, isolation {plan.Isolation}");
        Line("policies", plan.Policies.Count > 0 ? string.Join(", ", plan.Policies) : "(none: nothing outside can be reached)");
        Line("repository", plan.RepositoryPath is { } path ? $"{plan.Repository} of {path}" : "(none)");
        List("environment", plan.Environment);
        List("skills", plan.Skills);
        List("git gate", plan.Git);
        List("routes", plan.Routes);
        List("limits", plan.Limits);
        List("warnings", plan.Warnings);
        List("risks", plan.Risks.Select(risk => $"{risk.Rank} {risk.Kind}: {risk.Text}").ToList());

        void Line(string name, string text) => writer.WriteLine($"{name + ":", -13}{text}");

        void List(string name, IReadOnlyList<string> lines)
        {
            for (var index = 0; index < lines.Count; index++)
                writer.WriteLine($"{(index == 0 ? name + ":" : ""), -13}{lines[index]}");
        }
    }
}
