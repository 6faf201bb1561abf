using Caisson.Sandboxes;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Lifecycle;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// Drives what is to what was wished: after every change and each 30 s. It looks at workspaces without a job of their own, and only at sandboxes that
/// bear their mark.
/// </summary>
internal sealed partial class Reconciler(
    WorkspaceStore store,
    JobStore jobs,
    JobLog log,
    SandboxService sandboxes,
    WorkspaceLeases leases,
    JobRunner runner,
    WorkspaceService service,
    TimeProvider time,
    ILogger<Reconciler> logger
) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CrashWindow = TimeSpan.FromMinutes(10);
    private const int CrashLimit = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _passing = new(1);
    private readonly Dictionary<string, long> _fences = new(StringComparer.Ordinal);
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private WorkspaceHealth? _health;
    private Task _loop = Task.CompletedTask;

    private WorkspaceHealth Health => _health ??= new WorkspaceHealth(store, sandboxes, time, Wake);

    internal void Start()
    {
        sandboxes.Stopped += OnStopped;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Looks soon.</summary>
    internal void Wake()
    {
        if (_wake.CurrentCount == 0)
            _wake.Release();
    }

    public async ValueTask DisposeAsync()
    {
        sandboxes.Stopped -= OnStopped;
        await _stopping.CancelAsync();
        await _loop;
        _health?.Dispose();
        _stopping.Dispose();
        _wake.Dispose();
        _passing.Dispose();
    }

    private void OnStopped(string sandbox) => Wake();

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                await PassAsync();
                await _wake.WaitAsync(Period, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends; the next one begins with a pass.
        }
    }

    /// <summary>One look at everything. What can't be put right now is tried again with the next.</summary>
    internal async Task PassAsync()
    {
        await _passing.WaitAsync(_stopping.Token);
        try
        {
            await EndKeptAsync();
            log.Prune();
            Health.Forget();
            foreach (var workspace in store.Unfinished().Where(workspace => !runner.IsBusy(workspace.Id)))
            {
                _stopping.Token.ThrowIfCancellationRequested();
                try
                {
                    await OneAsync(workspace);
                }
                catch (SandboxException exception) when (exception.Code == "invalid_transition")
                {
                    // Somebody was faster than this look; the next one sees what they made of it.
                }
#pragma warning disable CA1031 // One workspace that can't be put right must not keep the others from being looked at, now or later.
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    LogFailed(workspace.Id, exception);
                }
#pragma warning restore CA1031
            }
        }
        catch (Exception exception) when (exception is SandboxException or IOException or System.Data.Common.DbException)
        {
            LogFailed("all", exception);
        }
        finally
        {
            _passing.Release();
        }
    }

    private async Task OneAsync(WorkspaceRecord workspace)
    {
        var id = workspace.Id;
        var running = workspace.Sandbox is { } sandbox && sandboxes.Running(sandbox, id) is not null;
        switch (workspace)
        {
            case { Observed: WorkspaceState.Deleted }:
                await PurgeAsync(workspace, running);
                break;
            case { Desired: DesiredState.Deleted }:
                await service.ActAsync(id, JobKinds.Delete, WorkspaceService.Caisson, wished: DesiredState.Deleted);
                break;
            case { Observed: WorkspaceState.Failed }:
                // Somebody has to look; a sandbox that was kept for that ends with its time.
                break;
            case { Desired: DesiredState.Running } when running:
                if (!Held(id))
                {
                    LogFenced(id);
                    await sandboxes.StopResidentAsync(workspace.Sandbox!, id, CancellationToken.None);
                    Set(workspace, WorkspaceState.Unknown, "fenced", "Another server has taken this workspace.");
                    break;
                }
                if (workspace.Observed != WorkspaceState.Running)
                    Set(workspace, WorkspaceState.Running, "found_running", "");
                await Health.LookAsync(workspace, _stopping.Token);
                await StopIdleAsync(workspace);
                break;
            case { Desired: DesiredState.Running }:
                await BringBackAsync(workspace);
                break;
            case { Desired: DesiredState.Stopped } when running:
                await service.ActAsync(id, JobKinds.Stop, WorkspaceService.Caisson, wished: DesiredState.Stopped);
                break;
            case { Desired: DesiredState.Stopped, Observed: not (WorkspaceState.Stopped or WorkspaceState.Archived) }:
                Set(workspace, WorkspaceState.Stopped, "stopped", "");
                break;
            default:
                _fences.Remove(id);
                break;
        }
    }

    /// <summary>Nobody has used it for as long as its template allows. Who may see it is told before.</summary>
    private async Task StopIdleAsync(WorkspaceRecord workspace)
    {
        if (service.Uses.StopsAt(workspace) is not { } end)
            return;
        var now = time.GetUtcNow();
        if (end <= now)
        {
            _warned.Remove(workspace.Id);
            await service.StopAsync(workspace.Id, WorkspaceService.Caisson, "idle");
        }
        else if (end - now > WorkspaceUses.Warning)
            _warned.Remove(workspace.Id);
        else if (_warned.Add(workspace.Id))
            service.Warn(workspace, end);
    }

    /// <summary>It should run and doesn't: its sandbox has ended by itself, or with the machine.</summary>
    private async Task BringBackAsync(WorkspaceRecord workspace)
    {
        _fences.Remove(workspace.Id);
        var recent = jobs.Of(workspace.Id, CrashLimit)
            .Count(job => job is { Actor: WorkspaceService.Caisson, Kind: JobKinds.Start } && time.GetUtcNow() - job.Created < CrashWindow);
        var seen = workspace;
        if (workspace.Observed is WorkspaceState.Running or WorkspaceState.Unknown)
            seen = Change(
                workspace,
                now =>
                    now with
                    {
                        Observed = WorkspaceState.Stopped,
                        Since = time.GetUtcNow(),
                        Reason = "ended",
                        Message = "The sandbox has ended by itself.",
                        StopReason = now.Health.Any(finding => finding.Code == "oom_recent") ? "oom" : "crash",
                        Actor = WorkspaceService.Caisson,
                    }
            );
        if (seen is null)
            return;
        if (recent >= CrashLimit)
            Set(seen, WorkspaceState.Failed, "crash_loop", $"It ended {CrashLimit} times within {CrashWindow.TotalMinutes:0} minutes.");
        else if (Transitions.AllowsAction(seen.Observed, JobKinds.Start))
            await service.ActAsync(seen.Id, JobKinds.Start, WorkspaceService.Caisson, wished: DesiredState.Running);
        else
            // Whatever had begun is gone, as its job is.
            Set(seen, WorkspaceState.Failed, "interrupted", "Its last job ended without a word.");
    }

    /// <summary>The home of a deleted workspace, when its time has come.</summary>
    private async Task PurgeAsync(WorkspaceRecord workspace, bool running)
    {
        if (workspace.Sandbox is not { } sandbox || (workspace.HomeUntil is { } until && until > time.GetUtcNow() && !running))
            return;
        var failures =
            workspace.HomeUntil > time.GetUtcNow()
                ? await sandboxes.StopResidentAsync(sandbox, workspace.Id, CancellationToken.None)
                : await sandboxes.RemoveResidentAsync(sandbox, workspace.Id, CancellationToken.None);
        if (failures.Count == 0 && !(workspace.HomeUntil > time.GetUtcNow()))
            store.Change(workspace.Id, now => now with { Sandbox = null });
    }

    private async Task EndKeptAsync()
    {
        foreach (var job in jobs.KeptUntil(time.GetUtcNow()))
        {
            if (store.Find(job.Workspace) is { Sandbox: { } sandbox, Observed: WorkspaceState.Failed })
                await sandboxes.StopResidentAsync(sandbox, job.Workspace, CancellationToken.None);
            jobs.Change(job.Id, now => now with { KeepUntil = null });
        }
    }

    private bool Held(string workspace)
    {
        if (_fences.TryGetValue(workspace, out var fence) && leases.Renew(workspace, fence))
            return true;
        if (leases.Take(workspace) is not { } taken)
            return false;
        _fences[workspace] = taken;
        return true;
    }

    private void Set(WorkspaceRecord seen, WorkspaceState state, string reason, string message) =>
        Change(seen, now => now with { Observed = state, Since = time.GetUtcNow(), Reason = reason, Message = message });

    /// <summary>Changes what is still as it was seen. Null when somebody was faster: the next look sees what they made of it.</summary>
    private WorkspaceRecord? Change(WorkspaceRecord seen, Func<WorkspaceRecord, WorkspaceRecord> change)
    {
        var changed = false;
        var now = store.Change(seen.Id, now => (changed = now.Version == seen.Version) ? change(now) : null);
        return changed ? now : null;
    }

    [LoggerMessage(1, LogLevel.Warning, "The workspace {Id} could not be reconciled")]
    private partial void LogFailed(string id, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The workspace {Id} is held by another server; its sandbox here is stopped")]
    private partial void LogFenced(string id);
}
