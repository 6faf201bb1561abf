using System.Text.Json;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Probe;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// Proves the isolation from the inside, as the agent's own user, before the agent's first instruction. There is no way to skip it.
/// </summary>
internal static class LaunchProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly string[] Writable = ["/home/agent", "/workspace", "/tmp", "/run"];
    private static readonly string[] ReadOnly = ["/", "/usr", "/etc"];

    /// <exception cref="SandboxException"><c>isolation_unverified</c> with the names of the failed checks.</exception>
    internal static async Task RunAsync(ISandbox sandbox, SandboxSpec spec, CancellationToken cancellation)
    {
        var result = await ProbeAsync(sandbox, spec, cancellation);
        // A machine that is busy beyond measure is no open one. All of it is proved again then, and has to hold as the first time.
        if (IsUndecided(result))
            result = await ProbeAsync(sandbox, spec, cancellation);
        var report = Read(result);
        if (result is { ExitCode: 0, TimedOut: false } && report is { Ok: true, Checks.Count: > 0 } && report.Checks.All(check => check.Ok))
            return;
        IReadOnlyList<string> failed =
        [
            .. (report?.Checks ?? []).Where(check => !check.Ok).Select(check => $"{check.Name}: {check.Detail}"),
        ];
        throw new SandboxException(
            "isolation_unverified",
            failed.Count > 0
                ? "The sandbox could not be shown to be sealed, so it was destroyed."
                : $"The probe gave no result (exit {result.ExitCode}{(result.TimedOut ? ", timed out" : "")}: {result.Errors.Trim()}), so the sandbox was destroyed.",
            "Run `caisson doctor`; if it finds nothing, report this with the lines above.",
            details: failed
        );
    }

    /// <summary>Whether nothing was found to be open and something did not come to an end.</summary>
    internal static bool IsUndecided(ExecResult result) =>
        result.TimedOut
        || (
            Read(result) is { } report
            && report.Checks.Any(check => !check.Ok)
            && report.Checks.All(check => check.Ok || check.Detail.StartsWith(ProbeCheck.Undecided, StringComparison.Ordinal))
        );

    private static Task<ExecResult> ProbeAsync(ISandbox sandbox, SandboxSpec spec, CancellationToken cancellation) =>
        sandbox.Init.ExecAsync(
            new ExecRequest
            {
                Arguments = ["/opt/caisson/bin/caisson-init", "probe"],
                Input = JsonSerializer.SerializeToUtf8Bytes(Expectations(spec), InitJson.Default.ProbeRequest),
                Timeout = Limit,
                WorkingDirectory = "/",
                Label = "probe",
                Idempotent = true,
            },
            cancellation
        );

    private static ProbeReport? Read(ExecResult result)
    {
        try
        {
            return JsonSerializer.Deserialize(result.Stdout.Span, InitJson.Default.ProbeReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProbeRequest Expectations(SandboxSpec spec) =>
        new()
        {
            SandboxId = spec.Id,
            WritableMounts = [.. Writable, .. spec.Mounts.Where(mount => mount.Writable).Select(mount => mount.Target)],
            ReadOnlyMounts = [.. ReadOnly, .. spec.Mounts.Where(mount => !mount.Writable).Select(mount => mount.Target)],
            // Far above what the checks need (a few ms): a loaded machine must not look like an open one. What is undecided then has failed.
            TimeoutMilliseconds = 4000,
            OpenFiles = Math.Min(spec.Limits.Files, HardLimitOfOpenFiles()),
        };

    /// <summary>Where the server itself may not open as many files, the sandbox has the tighter limit.</summary>
    private static long HardLimitOfOpenFiles()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return hard == "unlimited" ? long.MaxValue : long.Parse(hard, System.Globalization.CultureInfo.InvariantCulture);
    }
}
