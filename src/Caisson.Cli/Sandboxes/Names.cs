using System.CommandLine;
using Caisson.Cli.Completion;

namespace Caisson.Cli.Sandboxes;

/// <summary>Arguments and options that several verbs take.</summary>
internal static class Names
{
    internal static Argument<string> Sandbox() =>
        new Argument<string>("sandbox") { Description = "Id or name of a sandbox (`caisson ls`)." }.Completes(LiveNames.Sandboxes);

    internal static Argument<string[]> Command() =>
        new("command") { Description = "Program and arguments, after --.", Arity = ArgumentArity.ZeroOrMore };

    internal static string Path(string sandbox) => $"/api/v1/sandboxes/{Uri.EscapeDataString(sandbox)}";
}
