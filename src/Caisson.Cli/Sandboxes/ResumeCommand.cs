using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Sandboxes;

internal static class ResumeCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        return new Command("resume", "Starts a stopped or preserved sandbox again with the driver and policies that it had.") { sandbox }
            .Examples("caisson resume web-1a2b3", "caisson resume web")
            .Does(
                async (result, cancellation) =>
                {
                    var path = Names.Path(result.GetValue(sandbox)!);
                    var terminal = RawTerminal.IsInteractive ? RawTerminal.Size() : null;
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var plan = await client.GetAsync($"{path}/plan", ApiJson.Default.PlanResponse, cancellation);
                    var request = new ResumeRequest(terminal, Answers.Collect(plan));
                    var started = await client.PostAsync(
                        $"{path}/resume",
                        request,
                        ApiJson.Default.ResumeRequest,
                        ApiJson.Default.SandboxResponse,
                        cancellation
                    );
                    return await SandboxSession.FollowAsync(client, started, terminal is not null, cancellation);
                }
            );
    }
}
