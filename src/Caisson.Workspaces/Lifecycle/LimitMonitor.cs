using System.Collections.Concurrent;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>
/// Watches the limits of all running sandboxes with one timer: each second the counts of the kernel, each tenth the disk. What is hit is told in
/// the sandbox's log, with the limit and the process. Memory and processes are limited by the kernel itself; disk is measured, and a sandbox above
/// its limit is frozen.
/// </summary>
internal sealed class LimitMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int TicksPerDisk = 10;

    private readonly Func<IReadOnlyList<Watched>> _running;
    private readonly CaissonDirectories _directories;
    private readonly SandboxStore _store;
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _disk = new(StringComparer.Ordinal);
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    /// <param name="running">What runs at present.</param>
    internal LimitMonitor(Func<IReadOnlyList<Watched>> running, CaissonDirectories directories, SandboxStore store, TimeProvider time)
    {
        (_running, _directories, _store) = (running, directories, store);
        _timer = new PeriodicTimer(Period, time);
        _loop = Task.Run(LoopAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _timer.Dispose();
        await _loop;
        _stopping.Dispose();
    }

    /// <summary>Bytes in home and workspace as last measured, or null.</summary>
    internal long? DiskUsed(string sandbox) => _disk.TryGetValue(sandbox, out var used) ? used : null;

    private async Task LoopAsync()
    {
        try
        {
            for (var tick = 0L; await _timer.WaitForNextTickAsync(_stopping.Token); tick++)
                await CheckAsync(disk: tick % TicksPerDisk == 0, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The server ends; the kernel's own limits stay in force.
        }
    }

    /// <summary>One look at every sandbox. One that can't be looked at does not keep the others from being seen.</summary>
    internal async Task CheckAsync(bool disk, CancellationToken cancellation)
    {
        var running = _running();
        foreach (var gone in _seen.Keys.Except(running.Select(watched => watched.Sandbox.Id)).ToList())
        {
            _seen.Remove(gone);
            _disk.TryRemove(gone, out _);
        }
        foreach (var watched in running)
        {
            var id = watched.Sandbox.Id;
            try
            {
                var seen = _seen.GetValueOrDefault(id) ?? new Seen();
                _seen[id] = seen;
                Counts(watched, seen);
                if (disk)
                {
                    await DiskAsync(watched, seen, cancellation);
                    Repositories(id, seen);
                }
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or SandboxException or FormatException)
            {
                // Most often it ended in this moment. Else it is worth knowing.
                if (!watched.Sandbox.Exited.IsCompleted)
                    _store.Log(id, "warning", $"limits can't be watched: {exception.Message}");
            }
        }
    }

    private void Counts(Watched watched, Seen seen)
    {
        var (id, limits) = (watched.Sandbox.Id, watched.Limits);
        var usage = watched.Sandbox.Measure();
        var programs = watched.Sandbox.Programs();
        if (usage.MemoryLimitHits > seen.Memory)
        {
            // The kernel names the process it killed only in its own log. What we know is who was there a second ago and is no longer.
            var gone = seen
                .Programs.Where(program => !programs.ContainsKey(program.Key))
                .Select(program => $"{program.Value.Name} ({program.Value.MemoryBytes >> 20} MiB a second before)");
            _store.Log(
                id,
                "limit",
                $"memory: the limit of {limits.MemoryBytes >> 20} MiB was hit and {usage.MemoryLimitHits - seen.Memory} process(es) were killed; "
                    + $"ended since the last look: {Join(gone)}. Raise resources.memory in the policy, or use less."
            );
        }
        if (usage.ProcessLimitHits > seen.Processes)
        {
            var most = programs
                .Values.GroupBy(program => program.Name, StringComparer.Ordinal)
                .OrderByDescending(group => group.Count())
                .Take(3)
                .Select(group => $"{group.Key} ({group.Count()})");
            _store.Log(
                id,
                "limit",
                $"processes: the limit of {limits.Processes} was hit, {usage.ProcessLimitHits - seen.Processes} new one(s) were refused; "
                    + $"most are: {Join(most)}. Raise resources.pids in the policy, or end some."
            );
        }
        (seen.Memory, seen.Processes, seen.Programs) = (usage.MemoryLimitHits, usage.ProcessLimitHits, programs);
    }

    private async Task DiskAsync(Watched watched, Seen seen, CancellationToken cancellation)
    {
        var (id, limit) = (watched.Sandbox.Id, watched.Limits.DiskBytes);
        var files = _directories.Sandbox(id);
        var used = DiskUse.Measure(files.HomeInside, limit, cancellation);
        if (used <= limit)
            used += DiskUse.Measure(files.Workspace, limit - used, cancellation);
        _disk[id] = used;
        if (used > limit && !seen.Frozen)
        {
            await watched.Sandbox.FreezeAsync(frozen: true, cancellation);
            seen.Frozen = true;
            var writers = watched.Sandbox.Programs().Values.Select(program => program.Name).Distinct(StringComparer.Ordinal).Take(5);
            _store.Log(
                id,
                "limit",
                $"disk: home and workspace hold more than the limit of {limit >> 20} MiB, so the sandbox is frozen; it runs: {Join(writers)}. "
                    + $"Free space below {files.HomeInside} or {files.Workspace} and it goes on within 10 s; or `caisson stop {id}`, raise resources.disk and resume."
            );
        }
        else if (used <= limit && seen.Frozen)
        {
            await watched.Sandbox.FreezeAsync(frozen: false, cancellation);
            seen.Frozen = false;
            _store.Log(id, "limit", $"disk: below the limit of {limit >> 20} MiB again; the sandbox goes on.");
        }
    }

    private void Repositories(string id, Seen seen)
    {
        foreach (var path in RepositoryMount.NewRepositories(_directories.Sandbox(id).State).Where(seen.Repositories.Add))
        {
            _store.Log(
                id,
                "warning",
                $"{path} came into being in the mounted repository. Run neither git nor an editor there on this machine before you have looked at its "
                    + "configuration and hooks; when the sandbox stops, it is renamed so that git does not find it."
            );
        }
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none that was seen";

    /// <param name="Limits">As planned.</param>
    internal sealed record Watched(ISandbox Sandbox, SandboxLimits Limits);

    private sealed class Seen
    {
        internal long Memory { get; set; }

        internal long Processes { get; set; }

        internal IReadOnlyDictionary<int, SandboxProgram> Programs { get; set; } = new Dictionary<int, SandboxProgram>();

        internal bool Frozen { get; set; }

        internal HashSet<string> Repositories { get; } = new(StringComparer.Ordinal);
    }
}
