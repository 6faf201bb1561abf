using System.Text;
using Caisson.Policy;

namespace Caisson.Agents.Tests.Providers;

/// <summary>A plan as text that people can review: each change of what an agent gets shows up in a golden file.</summary>
internal static class PlanText
{
    internal static string Of(AgentPlan plan)
    {
        var text = new StringBuilder();
        text.Append("command: ").AppendJoin(' ', plan.Command).Append('\n');
        text.Append("stdin: ").Append(plan.StandardInput ?? "-").Append('\n');
        text.Append("path: ").AppendJoin(':', plan.Path).Append('\n');
        foreach (var route in plan.Routes)
        {
            text.Append(
                $"route: {route.Host}:{string.Join(',', route.Ports)} credential {route.Credential ?? "-"}{(route.Renews is { } login ? $" answered as renewal of {login}" : "")}\n"
            );
            foreach (var rule in route.Match)
                text.Append(
                    $"  {string.Join(' ', rule.Methods)} {string.Join(' ', rule.Paths.Select(path => path.Value + (path.Type is PathMatch.Prefix ? " and below" : "")))}\n"
                );
        }
        foreach (var variable in plan.Environment)
            text.Append($"env: {variable.Name}={variable.Value}{(variable.IsPlaceholder ? " (placeholder)" : "")}\n");
        foreach (var file in plan.Files)
            text.Append($"file: ~/{file.Path}{(file.HoldsPlaceholder ? " (placeholder)" : "")}\n").Append(file.InitialContent);
        foreach (var note in plan.Notes)
            text.Append($"note: {note}\n");
        return text.ToString();
    }

    /// <summary>Compares with <c>Golden/NAME.txt</c>; with <c>CAISSON_WRITE_GOLDEN</c> set to that folder, writes it instead.</summary>
    internal static void ShouldMatchGolden(this AgentPlan plan, string name)
    {
        if (Environment.GetEnvironmentVariable("CAISSON_WRITE_GOLDEN") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, $"{name}.txt"), Of(plan));
        else
            Of(plan).ShouldBe(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Providers", "Golden", $"{name}.txt")));
    }
}
