using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Sandboxes;

internal static class StopCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        return new Command("stop", "Stops a sandbox and keeps its files for `caisson resume`.") { sandbox }
            .Examples("caisson stop web-1a2b3", "caisson stop web && caisson resume web")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var path = $"{Names.Path(result.GetValue(sandbox)!)}/stop";
                    return Teardown.Report(
                        await client.PostAsync(path, new Problem(), ApiJson.Default.Problem, ApiJson.Default.TeardownResponse, cancellation)
                    );
                }
            );
    }
}

internal static class RemoveCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        return new Command("rm", "Stops a sandbox and removes it with all its files.") { sandbox }
            .Examples("caisson rm web-1a2b3", "caisson diff web > work.patch && caisson rm web")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    return Teardown.Report(
                        await client.DeleteAsync(Names.Path(result.GetValue(sandbox)!), ApiJson.Default.TeardownResponse, cancellation)
                    );
                }
            );
    }
}

internal static class Teardown
{
    /// <summary>Every step that failed is a warning, and any makes the whole fail.</summary>
    internal static int Report(TeardownResponse response)
    {
        foreach (var failure in response.Failures)
            Printer.Words($"caisson: warning: {failure}");
        return response.Failures.Count == 0 ? ExitCode.Ok : ExitCode.Error;
    }
}
