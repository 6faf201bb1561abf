using System.CommandLine;
using System.Reflection;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Serving;

internal static class VersionCommand
{
    internal static Command Create() =>
        new Command("version", "Prints the versions of this command and of the running server.")
            .Examples("caisson version", "caisson version --json")
            .Does(
                async (result, cancellation) =>
                {
                    var own = Own();
                    if (Verb.IsJson(result))
                    {
                        Printer.Json(own, ApiJson.Default.VersionResponse);
                        return ExitCode.Ok;
                    }
                    Console.Out.WriteLine($"caisson {own.Version} (commit {own.Commit}, API {own.Api})");
                    if (!ServerProcess.IsListening())
                        return ExitCode.Ok;
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var server = await client.GetAsync("/api/v1/version", ApiJson.Default.VersionResponse, cancellation);
                    Console.Out.WriteLine($"server  {server.Version} (commit {server.Commit}, API {server.Api}, schema {server.Schema})");
                    return Compare(own.Version, server.Version);
                }
            );

    private static VersionResponse Own()
    {
        var text =
            typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        var parts = text.Split('+', 2);
        return new VersionResponse(parts[0], parts.Length == 2 ? parts[1] : "unknown", "v1", 0);
    }

    /// <summary>More than a minor version apart is a warning, another major version an error.</summary>
    private static int Compare(string own, string server)
    {
        if (!System.Version.TryParse(own.Split('-')[0], out var left) || !System.Version.TryParse(server.Split('-')[0], out var right))
            return ExitCode.Ok;
        if (left.Major != right.Major)
            throw new CommandFailure(
                ExitCode.State,
                $"This command ({own}) and the server ({server}) are of different major versions.",
                "Install the same version of both."
            );
        if (Math.Abs(left.Minor - right.Minor) > 1)
            Printer.Words($"caisson: warning: this command ({own}) and the server ({server}) are more than one minor version apart");
        return ExitCode.Ok;
    }
}
