using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Sandboxes;

internal static class ListCommand
{
    internal static Command Create() =>
        new Command("ls", "Lists sandboxes, newest first.")
            .Prints(ApiJson.Default.SandboxList)
            .Examples("caisson ls", "caisson ls --format jsonl")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var list = await client.GetAsync("/api/v1/sandboxes", ApiJson.Default.SandboxList, cancellation);
                    Printer.List(
                        Verb.OutputOf(result),
                        (list, ApiJson.Default.SandboxList),
                        (list.Items, ApiJson.Default.SandboxResponse),
                        ["SANDBOX", "STATE", "AGENT", "DRIVER", "MEMORY", "CREATED", "DIRECTORY"],
                        Row
                    );
                    return ExitCode.Ok;
                }
            );

    private static IReadOnlyList<string> Row(SandboxResponse sandbox) =>
        [
            sandbox.Id,
            sandbox.State + (sandbox.ExitCode is { } code ? $" ({code})" : ""),
            sandbox.Agent ?? "-",
            sandbox.Driver,
            sandbox.MemoryBytes is { } bytes ? $"{bytes / (1 << 20)} MiB" : "-",
            sandbox.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            sandbox.Directory,
        ];
}
