using System.CommandLine;
using Caisson.Cli.Output;
using Caisson.Cli.Serving;

namespace Caisson.Cli.Configuration;

/// <summary>The server's configuration, without starting it: the server program answers, because it has the table of settings.</summary>
internal static class ConfigCommands
{
    internal static Command Create() => new("config", "Shows and checks the server's configuration.") { Show(), Check(), Schema() };

    private static Command Show()
    {
        var origin = new Option<bool>("--origin") { Description = "Also say where each value comes from." };
        return new Command("show", "Prints every setting with the value that `caisson serve` would use.") { origin }
            .Examples("caisson config show --origin", "caisson config show --json")
            .Does((result, _) => Become("show", [.. result.GetValue(origin) ? ["--origin"] : Array.Empty<string>(), .. Form(result)]));
    }

    private static Command Check() =>
        new Command("check", "Lists every error of caisson.yaml and of the environment; exit code 78 when there is any.")
            .Examples("caisson config check", "caisson config check && caisson serve")
            .Does((result, _) => Become("check", Form(result)));

    private static Command Schema() =>
        new Command("schema", "Prints the JSON Schema of caisson.yaml, for editors.")
            .Examples("caisson config schema", "caisson config schema > ~/.caisson/caisson.schema.json")
            .Does((_, _) => Become("schema", []));

    private static string[] Form(ParseResult result) =>
        [
            Verb.OutputOf(result) switch
            {
                OutputFormat.Json => "--format=json",
                OutputFormat.JsonLines => "--format=jsonl",
                _ => "--format=table",
            },
            .. result.GetValue(Verb.Quiet) ? ["--quiet"] : Array.Empty<string>(),
        ];

    private static Task<int> Become(string verb, string[] options) => Task.FromResult(ServeCommand.Become(["config", verb, .. options]));
}
