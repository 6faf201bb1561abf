using Caisson.Sandboxes;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What is said of a workspace that runs: who was killed for memory, how full the disk is, which apps don't answer.</summary>
/// <param name="wake">Has it look again soon.</param>
internal sealed class WorkspaceHealth(WorkspaceStore store, SandboxService sandboxes, TimeProvider time, Action wake) : IDisposable
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _kills = new(StringComparer.Ordinal);
    private readonly AppChecks _apps = new(time, wake);

    public void Dispose() => _apps.Dispose();

    /// <summary>What was known of sandboxes that have ended.</summary>
    internal void Forget() => _apps.Keep(id => sandboxes.Held(id) is not null);

    internal async Task LookAsync(WorkspaceRecord workspace, CancellationToken cancellation)
    {
        if (workspace.Sandbox is not { } id || sandboxes.Running(id, workspace.Id) is not { } sandbox)
            return;
        var now = time.GetUtcNow();
        var findings = workspace.Health.Where(finding => !IsOver(finding, now)).ToList();
        var kills = sandbox.Measure().MemoryLimitHits;
        var before = _kills.GetValueOrDefault(id, kills);
        _kills[id] = kills;
        if (kills > before)
        {
            var again = kills - before > 1 || findings.Exists(finding => finding.Code is "oom_recent" or "oom_repeated");
            findings.RemoveAll(finding => finding.Code is "oom_recent" or "oom_repeated");
            findings.Add(
                new HealthFinding(
                    again ? "oom_repeated" : "oom_recent",
                    sandboxes.LastLimit(id, "memory:") ?? "A process was killed because the memory was full.",
                    "Use less at once, or ask for more memory in the template's limits.",
                    now
                )
            );
        }
        await DiskAsync(findings, sandbox, now, cancellation);
        findings.RemoveAll(finding => finding.Code is "check_failed" or "vital_check_failed");
        findings.AddRange(_apps.Findings(sandbox, workspace.Document.Checks, cancellation));
        if (!findings.SequenceEqual(workspace.Health))
            store.Change(workspace.Id, record => record with { Health = findings });
    }

    private async Task DiskAsync(List<HealthFinding> findings, ISandbox sandbox, DateTimeOffset now, CancellationToken cancellation)
    {
        var limit = sandbox.Runtime.Limits.DiskBytes;
        if (sandboxes.DiskUsed(sandbox.Id) is not { } used)
            return;
        var full = used >= limit / 100 * 80;
        if (!full)
            findings.RemoveAll(finding => finding.Code == "disk_80");
        else if (!findings.Exists(finding => finding.Code == "disk_80"))
        {
            var largest = string.Join(", ", await LargestFolders.OfAsync(sandbox, cancellation));
            findings.Add(
                new HealthFinding(
                    "disk_80",
                    $"{used >> 20} of {limit >> 20} MiB are used{(largest.Length > 0 ? $"; most by {largest}" : "")}.",
                    "Remove what is not needed, or ask for more disk.",
                    now
                )
            );
        }
    }

    private static bool IsOver(HealthFinding finding, DateTimeOffset now) =>
        finding.Code is "oom_recent" or "oom_repeated" && now - finding.Since > Recent;
}
