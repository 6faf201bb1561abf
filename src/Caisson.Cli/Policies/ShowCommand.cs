using System.CommandLine;
using Caisson.Cli.Completion;
using Caisson.Cli.Output;
using Caisson.Policy.Composition;

namespace Caisson.Cli.Policies;

/// <summary><c>caisson policy show</c>: what holds once policies are merged and defaults are filled in. The routes of an agent are its plan's to show.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string[]> Policies = new Argument<string[]>("policy")
    {
        Description = "Names or files, merged in this order.",
        HelpName = "NAME|FILE",
        Arity = ArgumentArity.OneOrMore,
    }.Completes(LiveNames.Policies);

    internal static Command Create() =>
        new Command("show", "Prints the effective policy: the named ones merged, with defaults.") { Policies }
            .Prints(PolicyJson.Default.PolicyValues)
            .Examples("caisson policy show web", "caisson policy show base web --json")
            .Does(
                (result, _) =>
                {
                    var values = PolicyExplain.All(PolicyCommands.Load(result.GetValue(Policies)!)).Select(PolicyValue.Of).ToList();
                    Printer.List(
                        Verb.OutputOf(result),
                        (new PolicyValues(values), PolicyJson.Default.PolicyValues),
                        (values, PolicyJson.Default.PolicyValue),
                        ["KEY", "VALUE"],
                        value => [value.Key, value.Value]
                    );
                    return Task.FromResult(ExitCode.Ok);
                }
            );
}
