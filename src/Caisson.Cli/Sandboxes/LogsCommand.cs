using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Sandboxes;

internal static class LogsCommand
{
    internal static Command Create()
    {
        var sandbox = Names.Sandbox();
        var limit = new Option<int>("--limit") { Description = "Newest entries to show, 1 to 1000.", DefaultValueFactory = _ => 200 };
        return new Command("logs", "Shows what happened to a sandbox: stages, limits, and every request that was refused.")
        {
            sandbox,
            limit,
        }
            .Prints(ApiJson.Default.LogResponse)
            .Examples("caisson logs web-1a2b3", "caisson logs web-1a2b3 --limit 20 --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var path =
                        $"{Names.Path(result.GetValue(sandbox)!)}/logs?limit={result.GetValue(limit).ToString(CultureInfo.InvariantCulture)}";
                    var logs = await client.GetAsync(path, ApiJson.Default.LogResponse, cancellation);
                    Printer.List(
                        Verb.OutputOf(result),
                        (logs, ApiJson.Default.LogResponse),
                        (logs.Items, ApiJson.Default.LogEntry),
                        ["TIME", "KIND", "WHAT"],
                        Row
                    );
                    return ExitCode.Ok;
                }
            );
    }

    private static IReadOnlyList<string> Row(LogEntry entry) =>
        [entry.Time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), entry.Kind, entry.Text];
}
