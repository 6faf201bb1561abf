using System.CommandLine;
using System.Text.Json.Serialization;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;
using Caisson.Sandboxes.Bubblewrap;
using Caisson.Sandboxes.Doctor;

namespace Caisson.Cli.Serving;

/// <summary><c>caisson doctor</c>: works without a server, prints no secret, and changes nothing without <c>--fix</c>.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Fix = new("--fix")
    {
        Description = "Mend what can be mended without risk (modes of Caisson's own files, a stale socket), after asking.",
    };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "With --fix: mend without asking." };

    internal static Command Create() =>
        new Command("doctor", "Says what this machine lacks for each driver, with the command that mends it.") { Fix, Yes }
            .Prints(DoctorJson.Default.DoctorReport)
            .Examples("caisson doctor", "caisson doctor --fix --yes")
            .Does(RunAsync);

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        if (result.GetValue(Fix))
            Mend(result.GetValue(Yes));
        var report = new DoctorReport([
            .. MachineFindings.All(CaissonHome.Directory),
            .. await ServerAsync(cancellation),
            .. Repairs().Select(repair => repair.Finding),
            .. Driver(),
        ]);
        switch (Verb.OutputOf(result))
        {
            case OutputFormat.Json:
                Printer.Json(report, DoctorJson.Default.DoctorReport);
                break;
            case OutputFormat.JsonLines:
                foreach (var finding in report.Findings)
                    Printer.Json(finding, DoctorJson.Default.Finding);
                break;
            default:
                Print(report);
                break;
        }
        return report.Findings.Any(finding => finding.Severity == Severity.Error) ? ExitCode.Error : ExitCode.Ok;
    }

    private static IReadOnlyList<Repair> Repairs() => HomeFindings.Of(CaissonHome.Directory, ServerProcess.IsListening());

    private static void Mend(bool yes)
    {
        var repairs = Repairs();
        if (repairs.Count == 0)
        {
            Printer.Words("caisson: there is nothing that --fix could mend");
            return;
        }
        foreach (var repair in repairs)
            Printer.Words($"caisson: {repair.Finding.Message}\n  fix: {repair.Finding.Fix}");
        if (!yes)
            Confirm();
        foreach (var repair in repairs)
            repair.Do();
        Printer.Words($"caisson: mended {repairs.Count}");
    }

    private static void Confirm()
    {
        if (!RawTerminal.IsInteractive)
            throw new CommandFailure(
                ExitCode.Usage,
                "--fix needs an answer, and there is no terminal to ask on. Nothing was changed.",
                "caisson doctor --fix --yes"
            );
        Console.Error.Write("Do this? [y/N] ");
        if (StandardInput.ReadLine() is not ['y' or 'Y', ..])
            throw new CommandFailure(ExitCode.State, "Nothing was changed.");
    }

    private static IReadOnlyList<Finding> Driver() =>
        new BubblewrapDriver(BubblewrapDriver.DefaultProgram, Path.Combine(AppContext.BaseDirectory, "libexec", "caisson-init")).Diagnose();

    private static async Task<IReadOnlyList<Finding>> ServerAsync(CancellationToken cancellation)
    {
        try
        {
            return await VersionCommand.ServerAsync(cancellation) is { } server
                ? [Running(server), .. await HealthAsync(cancellation)]
                : [new Finding("server.stopped", Severity.Ok, "No server is running; `caisson run` starts one.")];
        }
        catch (CommandFailure failure)
        {
            return [new Finding("server.version", Severity.Error, failure.Message, failure.Fix)];
        }
    }

    /// <summary>What the running server finds amiss: what the page of its health shows, without what an admin has muted.</summary>
    private static async Task<IEnumerable<Finding>> HealthAsync(CancellationToken cancellation)
    {
        using var client = ServerClient.Running();
        var health = await client.GetAsync("/api/v1/health", AccessJson.Default.HealthCheckPage, cancellation);
        return health
            .Items.Where(check => check.Severity != "green" && check.Muted is null)
            .Select(check => new Finding(
                $"health.{check.Code}",
                check.Severity == "red" ? Severity.Error : Severity.Warning,
                string.Join(' ', new[] { $"{check.Title}: {check.Value ?? check.Severity}.", check.Cause }.OfType<string>()),
                check.Fix
            ));
    }

    private static Finding Running(VersionResponse server) =>
        new(
            "server.running",
            Severity.Ok,
            $"The server {server.Version} listens on {CaissonHome.Socket}{(server.Listen is { } listen ? $" and {listen}" : "")}."
        );

    private static void Print(DoctorReport report)
    {
        foreach (var finding in report.Findings)
        {
            var mark = finding.Severity switch
            {
                Severity.Ok => "ok     ",
                Severity.Warning => "warning",
                _ => "ERROR  ",
            };
            Console.Out.WriteLine($"{mark}  {finding.Code}: {finding.Message}");
            if (finding.Fix is not null)
                Console.Out.WriteLine($"         fix: {finding.Fix}");
        }
    }
}

internal sealed record DoctorReport(IReadOnlyList<Finding> Findings);

[JsonSerializable(typeof(DoctorReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
internal sealed partial class DoctorJson : JsonSerializerContext;
