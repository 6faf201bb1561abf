using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Sandboxes;

internal static class ListCommand
{
    internal static Command Create() =>
        new Command("ls", "Lists sandboxes, newest first.") { Verb.Json }.Does(
            async (result, cancellation) =>
            {
                using var client = await ServerClient.OpenAsync(cancellation);
                var list = await client.GetAsync("/api/v1/sandboxes", ApiJson.Default.SandboxList, cancellation);
                if (result.GetValue(Verb.Json))
                    Printer.Json(list, ApiJson.Default.SandboxList);
                else
                    Printer.Table(["SANDBOX", "STATE", "AGENT", "DRIVER", "MEMORY", "CREATED", "DIRECTORY"], list.Items.Select(Row));
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
