using System.Diagnostics;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes.Limits;
using Caisson.Sandboxes.Spawning;

namespace Caisson.Sandboxes.Bubblewrap;

internal sealed class BubblewrapSandbox(SandboxRuntime runtime, Cgroup cgroup, InitClient client) : ISandbox
{
    /// <summary>How long processes may take to be gone after SIGKILL of PID 1: the kernel ends the rest of the pid namespace with it.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FreezeLimit = TimeSpan.FromSeconds(1);

    private readonly Task exited = ProcessWatcher.Shared.WaitAsync(runtime.InitPid, runtime.InitStartTicks);

    public string Id => runtime.Id;

    public SandboxRuntime Runtime => runtime;

    public InitClient Init => client;

    public Task Exited => exited;

    public SandboxUsage Measure() => cgroup.Measure();

    public IReadOnlyDictionary<int, SandboxProgram> Programs()
    {
        var programs = new Dictionary<int, SandboxProgram>();
        foreach (var pid in cgroup.Processes().Where(pid => pid != runtime.MonitorPid && pid != runtime.InitPid))
        {
            if (ProcessStart.Program(pid) is { } program)
                programs[pid] = program;
        }
        return programs;
    }

    public async Task FreezeAsync(bool frozen, CancellationToken cancellation)
    {
        cgroup.Freeze(frozen);
        // The kernel stops each process at its next chance; the call returns when the last one has stopped.
        var started = Stopwatch.GetTimestamp();
        while (frozen && !cgroup.IsFrozen())
        {
            if (Stopwatch.GetElapsedTime(started) > FreezeLimit)
                throw new SandboxException("freeze_failed", $"Not every process of {Id} stopped within {FreezeLimit.TotalSeconds:0} s.");
            await Task.Delay(1, cancellation);
        }
    }

    public async Task<IReadOnlyList<string>> StopAsync(TimeSpan grace, CancellationToken cancellation)
    {
        var failures = new List<string>();
        if (!exited.IsCompleted)
        {
            try
            {
                // What is frozen can neither end in order nor be killed.
                cgroup.Thaw();
                await client.StopAsync(grace, cancellation).WaitAsync(KillLimit, cancellation);
                await exited.WaitAsync(grace + KillLimit, cancellation);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or OperationCanceledException)
            {
                if (!exited.IsCompleted)
                    failures.Add($"stop-init: {exception.Message}; the processes were killed instead");
            }
        }
        failures.AddRange(await RemoveAsync(cgroup, runtime.MonitorPid, runtime));
        return failures;
    }

    /// <summary>
    /// Kills what still lives of the sandbox and removes its cgroups. Never stops half-way; returns what failed, in words. The order matters:
    /// while the outer process lives it may still be about to join the cgroups, and whatever it started is in them.
    /// </summary>
    internal static async Task<IReadOnlyList<string>> RemoveAsync(Cgroup cgroup, int monitor, SandboxRuntime? runtime = null)
    {
        if (runtime is not null && ProcessStart.IsSame(runtime.InitPid, runtime.InitStartTicks))
            _ = Native.kill(runtime.InitPid, Native.SIGKILL);
        if (monitor > 0)
            await ProcessWatcher.KillChildAsync(monitor, KillLimit);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var left = cgroup.Processes();
            var failures = left.Count == 0 ? cgroup.Remove() : [];
            if (left.Count == 0 && failures.Count == 0)
                return [];
            if (Stopwatch.GetElapsedTime(started) > KillLimit)
                return left.Count == 0
                    ? failures
                    : [$"kill-processes: {string.Join(", ", left)} did not end in {KillLimit.TotalSeconds:0} s"];
            // Watched before they are killed, so that the watch is of them and not of a later process with the same pid.
            var ends = left.Select(pid => ProcessWatcher.Shared.WaitAsync(pid, ProcessStart.Ticks(pid))).ToList();
            foreach (var pid in left)
                _ = Native.kill(pid, Native.SIGKILL);
            cgroup.Thaw();
            await Task.WhenAll(ends).WaitAsync(KillLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield();
        }
    }
}
