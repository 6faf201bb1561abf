using System.CommandLine;
using Caisson.Cli.Completion;
using Caisson.Cli.Output;
using Caisson.Policy;
using Caisson.Policy.Composition;

namespace Caisson.Cli.Policies;

/// <summary><c>caisson policy explain</c>: who wrote each value and where; for a host, the routes that decide about it.</summary>
internal static class ExplainCommand
{
    private static readonly Argument<string> Name = new Argument<string>("policy")
    {
        Description = "A name or file.",
        HelpName = "POLICY",
    }.Completes(LiveNames.Policies);
    private static readonly Argument<string?> Subject = new("subject")
    {
        Description = "A key such as resources.memory, or a host such as api.github.com.",
        HelpName = "KEY|HOST",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal static Command Create() =>
        new Command("explain", "Says for each value of a policy which layer, file and line it comes from.") { Name, Subject }
            .Prints(PolicyJson.Default.PolicyValues)
            .Examples("caisson policy explain web", "caisson policy explain web api.github.com")
            .Does((result, _) => Task.FromResult(Run(result)));

    private static int Run(ParseResult result)
    {
        var policy = PolicyCommands.Load([result.GetValue(Name)!]);
        var subject = result.GetValue(Subject);
        var found = subject is null ? PolicyExplain.All(policy) : PolicyExplain.For(policy, subject);
        if (found.Count == 0)
            found = [Nothing(policy, subject!)];
        var values = found.Select(PolicyValue.Of).ToList();
        Printer.List(
            Verb.OutputOf(result),
            (new PolicyValues(values), PolicyJson.Default.PolicyValues),
            (values, PolicyJson.Default.PolicyValue),
            ["KEY", "VALUE", "FROM"],
            value => [value.Key, value.Value, value.Where]
        );
        return ExitCode.Ok;
    }

    /// <summary>A host without a route is denied, which is an answer; anything else that the policy doesn't know is a typing error or unset.</summary>
    private static ExplainedValue Nothing(EffectivePolicy policy, string subject)
    {
        var keys = PolicyExplain.All(policy).Select(value => value.Key).Distinct(StringComparer.Ordinal).ToList();
        var nearest = Suggestion.Nearest(subject, keys);
        var section = subject.Split('.', '[')[0];
        if (nearest is null && subject.Contains('.', StringComparison.Ordinal) && !PolicyKeys.Contains(section))
            return new ExplainedValue(subject, "denied: no route names this host", new Origin(Layer.Default, "default"));
        throw new CommandFailure(
            ExitCode.Usage,
            $"The policy sets no '{subject}'{(nearest is null ? "." : $"; did you mean '{nearest}'?")}",
            "caisson policy explain POLICY lists every key."
        );
    }

    private static readonly string[] PolicyKeys =
    [
        "env",
        "agent",
        "resources",
        "filesystem",
        "network",
        "credentials",
        "routes",
        "git",
        "log",
    ];
}
