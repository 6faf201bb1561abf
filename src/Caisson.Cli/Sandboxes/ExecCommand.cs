using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Sandboxes;

internal static class ExecCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        var rest = Names.Command();
        return new Command("exec", "Runs a command in a running sandbox.") { sandbox, rest }
            .Examples("caisson exec web-1a2b3 -- git log -1", "caisson exec web-1a2b3")
            .Does(
                async (result, cancellation) =>
                {
                    var id = result.GetValue(sandbox)!;
                    var arguments = result.GetValue(rest) is { Length: > 0 } given ? given : ["bash", "-l"];
                    var terminal = RawTerminal.IsInteractive ? RawTerminal.Size() : null;
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var started = await client.PostAsync(
                        $"{Names.Path(id)}/processes",
                        new ProcessRequest
                        {
                            Arguments = arguments,
                            Terminal = terminal,
                            StandardInput = true,
                        },
                        ApiJson.Default.ProcessRequest,
                        ApiJson.Default.ProcessResponse,
                        cancellation
                    );
                    return await new ProcessStream(id, started.Process, terminal is not null).RunAsync(
                        client,
                        forwardInput: true,
                        cancellation
                    );
                }
            );
    }
}
