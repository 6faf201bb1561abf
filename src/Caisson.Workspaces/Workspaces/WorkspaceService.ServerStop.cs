using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// The end of the server: (1) no job begins, (2) jobs and the reconciler end, what they had begun is the next server's, (3) where sandboxes end with the
/// server, they are stopped.
/// </summary>
public sealed partial class WorkspaceService
{
    /// <summary>Why a workspace stopped that was stopped with the server.</summary>
    public const string WithServer = "server";

    private Task? _ended;

    /// <summary>Begins no job any more. Requests that are under way may still write down what they wish.</summary>
    public void Pause() => _runner.Pause();

    /// <summary>Stops all sandboxes at once. Returns the names of those that still run when the time is over.</summary>
    internal async Task<IReadOnlyList<string>> StopSandboxesAsync(TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource(limit, _time);
        // What a job of before does to a sandbox would cross what is done here.
        await EndWorkAsync().WaitAsync(cancellation.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What is left after SIGKILL has to be cleaned up within the time, too.
        var grace = limit / 2;
        var ends = _sandboxes
            .AllRunning()
            .Select(running =>
                (
                    running.Name,
                    End: running.Workspace is { } id && WithoutJob(id, running.Id) is { } workspace
                        ? StopWithServerAsync(workspace, running.Id, grace, cancellation.Token)
                        : _sandboxes.StopWithServerAsync(running.Id, grace, cancellation.Token)
                )
            )
            .ToList();
        await Task.WhenAll(ends.Select(one => one.End))
            .WaitAsync(cancellation.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. ends.Where(one => !one.End.IsCompletedSuccessfully).Select(one => one.Name)];
    }

    private Task EndWorkAsync() => _ended ??= EndAsync();

    private async Task EndAsync()
    {
        // A job that ends wakes the reconciler, so that goes last.
        await _runner.DisposeAsync();
        await _reconciler.DisposeAsync();
    }

    /// <summary>The workspace whose sandbox this is, unless a job has it: what that wishes holds, and the next server goes on with it.</summary>
    private WorkspaceRecord? WithoutJob(string id, string sandbox) =>
        _store.Find(id) is { Observed: WorkspaceState.Running or WorkspaceState.Unknown } workspace
        && workspace.Sandbox == sandbox
        && !_jobs.Active().Any(job => job.Workspace == id)
            ? workspace
            : null;

    private async Task StopWithServerAsync(WorkspaceRecord workspace, string sandbox, TimeSpan grace, CancellationToken cancellation)
    {
        // First what is wished: should this server not get to the end, the next one takes it for no crash.
        _store.Change(
            workspace.Id,
            now =>
                now with
                {
                    Desired = now.Desired == DesiredState.Running ? DesiredState.Stopped : now.Desired,
                    StopReason = WithServer,
                    Actor = Caisson,
                }
        );
        var work = await SurveyAsync(workspace, grace, cancellation);
        await _sandboxes.StopWithServerAsync(sandbox, grace, cancellation);
        _leases.Release(workspace.Id);
        _store.Change(
            workspace.Id,
            now => now with { Observed = WorkspaceState.Stopped, Since = _time.GetUtcNow(), Reason = "stopped", Message = "", Work = work }
        );
    }

    /// <summary>What is only in its home, for who deletes it later; null when it can't be told in time.</summary>
    private async Task<WorkSurvey?> SurveyAsync(WorkspaceRecord workspace, TimeSpan limit, CancellationToken cancellation)
    {
        if (Sandbox(workspace) is not { } sandbox)
            return null;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ends.CancelAfter(limit / 2);
        try
        {
            return await _work.LookAsync(sandbox, ends.Token);
        }
        catch (Exception exception) when (exception is InitException or SandboxException or OperationCanceledException)
        {
            return null;
        }
    }
}
