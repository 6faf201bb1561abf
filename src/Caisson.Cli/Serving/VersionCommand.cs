using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Serving;

internal static class VersionCommand
{
    internal static Command Create() =>
        new Command("version", "Prints the versions of this command and of the running server.")
            .Prints(ApiJson.Default.VersionReport)
            .Examples("caisson version", "caisson version --json")
            .Does(
                async (result, cancellation) =>
                {
                    var build = VersionDifference.Own;
                    var report = new VersionReport(
                        new VersionResponse(build.Version, build.Commit, build.Built, "v1"),
                        await ServerAsync(cancellation)
                    );
                    if (Verb.IsJson(result))
                        Printer.Json(report, ApiJson.Default.VersionReport);
                    else
                        Print(report);
                    return ExitCode.Ok;
                }
            );

    /// <summary>Asks a server that runs; none is started for this.</summary>
    internal static async Task<VersionResponse?> ServerAsync(CancellationToken cancellation)
    {
        if (!ServerProcess.IsListening())
            return null;
        using var client = await ServerClient.OpenAsync(cancellation);
        return await client.GetAsync("/api/v1/version", ApiJson.Default.VersionResponse, cancellation);
    }

    private static void Print(VersionReport report)
    {
        var own = report.Command;
        Console.Out.WriteLine($"caisson {own.Version} (commit {own.Commit}, built {own.Built}, API {own.Api})");
        if (report.Server is { } server)
            Console.Out.WriteLine(
                $"server  {server.Version} (commit {server.Commit}, built {server.Built}, API {server.Api}, schema {server.Schema}); listens on {CaissonHome.Socket}{(server.Listen is { } listen ? $" and {listen}" : "")}"
            );
    }
}
