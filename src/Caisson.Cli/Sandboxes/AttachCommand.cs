using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Sandboxes;

internal static class AttachCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        return new Command("attach", "Shows the program of a running sandbox again, with what was missed.") { sandbox }
            .Examples("caisson attach web-1a2b3", "caisson attach web")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var found = await client.GetAsync(Names.Path(result.GetValue(sandbox)!), ApiJson.Default.SandboxResponse, cancellation);
                    return found.State == "running"
                        ? await SandboxSession.FollowAsync(client, found, RawTerminal.IsInteractive, cancellation)
                        : throw new CommandFailure(
                            ExitCode.State,
                            $"The sandbox {found.Id} is {found.State}.",
                            $"caisson resume {found.Id}"
                        );
                }
            );
    }
}
