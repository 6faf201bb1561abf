using Caisson.Sandboxes;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What the limits say of a workspace that runs: who was killed for memory, and how full the disk is.</summary>
internal sealed class WorkspaceHealth(WorkspaceStore store, SandboxService sandboxes, TimeProvider time)
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _kills = new(StringComparer.Ordinal);

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
