using System.CommandLine;
using System.Text.Json.Serialization;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Sandboxes.Bubblewrap;
using Caisson.Sandboxes.Doctor;

namespace Caisson.Cli.Serving;

/// <summary><c>caisson doctor</c>: works without a server, prints no secret, changes nothing.</summary>
internal static class DoctorCommand
{
    internal static Command Create() =>
        new Command("doctor", "Says what this machine lacks for each driver, with the command that mends it.")
            .Examples("caisson doctor", "caisson doctor --json")
            .Does(
                (result, _) =>
                {
                    var report = new DoctorReport([.. Machine(), .. Driver()]);
                    if (Verb.IsJson(result))
                        Printer.Json(report, DoctorJson.Default.DoctorReport);
                    else
                        Print(report);
                    return Task.FromResult(
                        report.Findings.Any(finding => finding.Severity == Severity.Error) ? ExitCode.Error : ExitCode.Ok
                    );
                }
            );

    private static IReadOnlyList<Finding> Driver() =>
        new BubblewrapDriver(BubblewrapDriver.DefaultProgram, Path.Combine(AppContext.BaseDirectory, "libexec", "caisson-init")).Diagnose();

    private static IEnumerable<Finding> Machine()
    {
        yield return MachineFindings.Disk(CaissonHome.Directory);
        yield return MachineFindings.Program("git.program", "git");
        yield return MachineFindings.Roots();
        yield return MachineFindings.Clock();
        yield return ServerProcess.IsListening()
            ? new Finding("server.running", Severity.Ok, $"The server listens on {CaissonHome.Socket}.")
            : new Finding("server.stopped", Severity.Ok, "No server is running; `caisson run` starts one.");
    }

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
