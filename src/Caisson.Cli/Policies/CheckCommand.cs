using System.CommandLine;
using Caisson.Cli.Completion;
using Caisson.Cli.Output;
using Caisson.Policy.Catalog;
using Caisson.Policy.Composition;
using Caisson.Policy.Loading;

namespace Caisson.Cli.Policies;

/// <summary>
/// <c>caisson policy check</c>: named policies are checked each and then merged in their order, as a launch would; without names, every policy
/// of <c>$CAISSON_HOME/policies</c> is checked on its own.
/// </summary>
internal static class CheckCommand
{
    private static readonly Argument<string[]> Policies = new Argument<string[]>("policy")
    {
        Description = "Names or files. None: all of $CAISSON_HOME/policies.",
        HelpName = "NAME|FILE",
        Arity = ArgumentArity.ZeroOrMore,
    }.Completes(LiveNames.Policies);

    internal static Command Create() =>
        new Command("check", "Lists every error of policies with file, line and column; exit code 78 when there is any.") { Policies }
            .Prints(PolicyJson.Default.PolicyCheckReport)
            .Examples("caisson policy check", "caisson policy check web ./team.md --json")
            .Does((result, _) => Task.FromResult(Run(result)));

    private static int Run(ParseResult result)
    {
        var named = result.GetValue(Policies) ?? [];
        var options = PolicyCommands.Options;
        IReadOnlyList<string> names = named.Length > 0 ? named : [.. new PolicyCatalog(options).List().Select(entry => entry.Name)];
        IReadOnlyList<ComposeResult> results =
            named.Length > 0 ? [PolicyComposer.Load(named, options)] : [.. names.Select(name => PolicyComposer.Load([name], options))];
        var report = new PolicyCheckReport(
            names,
            [.. results.SelectMany(each => each.Errors)],
            [.. results.SelectMany(each => each.Warnings)]
        );
        Print(report, Verb.OutputOf(result));
        Printer.Words($"caisson: {report.Policies.Count} checked: {report.Errors.Count} errors, {report.Warnings.Count} warnings");
        return report.Errors.Count > 0 ? ExitCode.Configuration : ExitCode.Ok;
    }

    private static void Print(PolicyCheckReport report, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Printer.Json(report, PolicyJson.Default.PolicyCheckReport);
                break;
            case OutputFormat.JsonLines:
                foreach (var error in report.Errors)
                    Printer.Json(error, PolicyJson.Default.PolicyError);
                break;
            default:
                foreach (var error in report.Errors)
                    Console.Out.WriteLine(error);
                foreach (var warning in report.Warnings)
                    Console.Out.WriteLine($"{warning} (warning)");
                break;
        }
    }
}

/// <param name="Policies">What was checked, as named.</param>
internal sealed record PolicyCheckReport(
    IReadOnlyList<string> Policies,
    IReadOnlyList<PolicyError> Errors,
    IReadOnlyList<PolicyError> Warnings
);
