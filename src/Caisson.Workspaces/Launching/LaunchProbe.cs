using System.Text.Json;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// Proves the isolation from the inside, as the agent's own user, before the agent's first instruction. There is no way to skip it.
/// </summary>
internal static class LaunchProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <exception cref="SandboxException"><c>isolation_unverified</c> with the names of the failed checks.</exception>
    internal static async Task RunAsync(ISandbox sandbox, SandboxSpec spec, CancellationToken cancellation)
    {
        var result = await sandbox.Init.ExecAsync(
            new ExecRequest
            {
                Arguments = ["/opt/caisson/bin/caisson-init", "probe"],
                Input = Expectations(spec),
                Timeout = Limit,
                Label = "probe",
            },
            cancellation
        );
        IReadOnlyList<ProbeCheck> checks;
        try
        {
            checks = JsonSerializer.Deserialize(result.Stdout.Span, ProbeJson.Default.ProbeReport)?.Checks ?? [];
        }
        catch (JsonException)
        {
            checks = [];
        }
        var failed = checks.Where(check => !check.Ok).ToList();
        if (result is { ExitCode: 0, TimedOut: false } && failed.Count == 0 && checks.Count > 0)
            return;
        var why =
            failed.Count > 0
                ? string.Join("; ", failed.Select(check => $"{check.Name}: {check.Detail}"))
                : $"the probe gave no result (exit {result.ExitCode}{(result.TimedOut ? ", timed out" : "")}): {result.Errors.Trim()}";
        throw new SandboxException(
            "isolation_unverified",
            $"The sandbox could not be shown to be sealed, so it was destroyed: {why}.",
            "Run `caisson doctor`; if it finds nothing, report this with the output above.",
            details: [.. failed.Select(check => $"{check.Name}: {check.Detail}")]
        );
    }

    private static byte[] Expectations(SandboxSpec spec) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ProbeRequest { SandboxId = spec.Id, OpenFiles = spec.Limits.Files },
            ProbeJson.Default.ProbeRequest
        );
}
