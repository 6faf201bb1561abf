using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Sandboxes;

/// <summary>Follows the program that a sandbox was started for until it ends, and says what became of the sandbox.</summary>
internal static class SandboxSession
{
    internal static async Task<int> FollowAsync(ServerClient client, SandboxResponse sandbox, bool terminal, CancellationToken cancellation)
    {
        if (sandbox.Process is not { } process)
            throw new CommandFailure(
                ExitCode.Error,
                $"The sandbox {sandbox.Id} runs without a program to follow.",
                $"caisson exec {sandbox.Id} -- bash"
            );
        var exit = await new ProcessStream(sandbox.Id, process, terminal).RunAsync(client, forwardInput: true, cancellation);
        var finish = await client.GetAsync($"{Names.Path(sandbox.Id)}/finished", ApiJson.Default.FinishResponse, cancellation);
        foreach (var failure in finish.Failures)
            Printer.Words($"caisson: warning: {failure}");
        if (finish.Work)
            Printer.Words($"caisson: it holds changes to your repository: caisson diff {sandbox.Id}, caisson apply {sandbox.Id}");
        if (finish.Preserved)
            Printer.Words($"caisson: the sandbox is kept: caisson resume {sandbox.Id}");
        return exit;
    }
}
