using System.CommandLine;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Policy.Composition;
using Caisson.Policy.Loading;

namespace Caisson.Cli.Policies;

/// <summary>Verbs over policy files. None needs a server, and none changes anything.</summary>
internal static class PolicyCommands
{
    internal static Command Create() =>
        new("policy", "Checks and explains policies.") { CheckCommand.Create(), ShowCommand.Create(), ExplainCommand.Create() };

    internal static PolicyLoadOptions Options => PolicyLoadOptions.FromEnvironment() with { Home = CaissonHome.Directory };

    /// <exception cref="CommandFailure">With every error of every file.</exception>
    internal static EffectivePolicy Load(IReadOnlyList<string> policies)
    {
        var result = PolicyComposer.Load(policies, Options);
        foreach (var warning in result.Warnings)
            Printer.Words($"caisson: warning: {warning}");
        return result.Policy
            ?? throw new CommandFailure(
                ExitCode.Configuration,
                "The policy has errors.",
                "caisson policy check",
                [.. result.Errors.Select(error => error.ToString())]
            );
    }
}
