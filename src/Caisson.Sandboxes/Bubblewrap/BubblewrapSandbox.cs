using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes.Limits;
using Caisson.Sandboxes.Spawning;

namespace Caisson.Sandboxes.Bubblewrap;

internal sealed class BubblewrapSandbox(SandboxRuntime runtime, Cgroup cgroup, InitClient client) : ISandbox
{
    /// <summary>How long processes may take to be gone after SIGKILL of PID 1: the kernel ends the rest of the pid namespace with it.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly Task exited = ProcessWatcher.Shared.WaitAsync(runtime.InitPid, runtime.InitStartTicks);

    public string Id => runtime.Id;

    public SandboxRuntime Runtime => runtime;

    public InitClient Init => client;

    public Task Exited => exited;

    public SandboxUsage Measure() => cgroup.Measure();

    public Task FreezeAsync(bool frozen, CancellationToken cancellation)
    {
        cgroup.Freeze(frozen);
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<string>> StopAsync(TimeSpan grace, CancellationToken cancellation)
    {
        var failures = new List<string>();
        if (!exited.IsCompleted)
        {
            try
            {
                await client.StopAsync(grace, cancellation).WaitAsync(grace + KillLimit, cancellation);
                await exited.WaitAsync(grace + KillLimit, cancellation);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException)
            {
                if (!exited.IsCompleted)
                    failures.Add($"stop-init: {exception.Message}; the processes were killed instead");
            }
        }
        failures.AddRange(await RemoveAsync(cgroup, runtime.MonitorPid, runtime));
        return failures;
    }

    /// <summary>Kills what still lives in the sandbox's cgroup and removes it. Never stops half-way; returns what failed, in words.</summary>
    internal static async Task<IReadOnlyList<string>> RemoveAsync(Cgroup cgroup, int monitor, SandboxRuntime? runtime = null)
    {
        if (runtime is not null && ProcessStart.IsSame(runtime.InitPid, runtime.InitStartTicks))
            _ = Native.kill(runtime.InitPid, Native.SIGKILL);
        var deadline = Environment.TickCount64 + (long)KillLimit.TotalMilliseconds;
        while (cgroup.Processes() is { Count: > 0 } left && Environment.TickCount64 < deadline)
        {
            foreach (var pid in left)
                _ = Native.kill(pid, Native.SIGKILL);
            await ProcessWatcher
                .Shared.WaitAsync(left[0], ProcessStart.Ticks(left[0]))
                .WaitAsync(KillLimit)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (monitor > 0)
            ProcessWatcher.Reap(monitor);
        return cgroup.Remove();
    }
}
