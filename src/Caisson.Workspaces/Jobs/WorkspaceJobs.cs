using Caisson.Agents.Store;
using Caisson.Workspaces.Lifecycle;
using Caisson.Workspaces.Templates;
using Caisson.Workspaces.Workspaces;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Jobs;

/// <summary>What the jobs of workspaces do. Every part may be run again after it was cut off anywhere.</summary>
/// <param name="homeKept">How long the home of a deleted workspace is kept; zero: it goes with it.</param>
/// <param name="stopGrace">Between SIGTERM and SIGKILL at the stop of a workspace.</param>
internal sealed partial class WorkspaceJobs(
    CaissonDirectories directories,
    SandboxService sandboxes,
    WorkspaceStore workspaces,
    WorkspaceLeases leases,
    JobStore jobs,
    JobLog log,
    AgentStore agents,
    TemplateCatalog templates,
    TimeSpan homeKept,
    TimeSpan stopGrace,
    TimeProvider time,
    ILogger<WorkspaceJobs> logger
)
{
    private static readonly TimeSpan DebugTime = TimeSpan.FromMinutes(15);

    internal async Task RunAsync(JobRecord queued, CancellationToken cancelled, CancellationToken stopping)
    {
        try
        {
            jobs.Change(
                queued.Id,
                job => job.State == JobState.Queued ? job with { State = JobState.Running, Started = time.GetUtcNow() } : null
            );
            if (jobs.Find(queued.Id) is not { IsActive: true } job || workspaces.Find(job.Workspace) is not { } workspace)
                return;
            using var run = new JobRun(
                job,
                jobs,
                log,
                text => workspaces.Find(job.Workspace)?.Sandbox is { } id ? sandboxes.Mask(id, text) : text,
                time,
                cancelled,
                stopping
            );
            await RunAsync(run, workspace, cancelled, stopping);
        }
#pragma warning disable CA1031 // Nobody awaits this. The job stays as it is in the store, and the next server tries again.
        catch (Exception exception)
        {
            LogBroken(queued.Id, exception);
        }
#pragma warning restore CA1031
        log.End(queued.Id);
    }

    private async Task RunAsync(JobRun run, WorkspaceRecord workspace, CancellationToken cancelled, CancellationToken stopping)
    {
        try
        {
            // The server that had it was killed while it took things back.
            if (run.Job.State == JobState.Cancelling)
                throw new OperationCanceledException();
            if (leases.Take(workspace.Id) is null)
                throw new StepFailure(
                    new JobError(
                        run.Job.Steps[0].Name,
                        "lease_held",
                        "Another server holds this workspace.",
                        "Wait two minutes, then retry.",
                        null
                    )
                );
            switch (run.Job.Kind)
            {
                case JobKinds.Stop:
                    await StopAsync(run, workspace);
                    break;
                case JobKinds.Delete:
                    await DeleteAsync(run, workspace);
                    break;
                case JobKinds.Restart when !run.IsDone("stop"):
                    await StopAsync(run, workspace);
                    await StartAsync(run, workspaces.Find(workspace.Id)!);
                    break;
                case JobKinds.Duplicate:
                    await CopyHomeAsync(run, workspace);
                    await StartAsync(run, workspaces.Find(workspace.Id)!);
                    break;
                default:
                    await StartAsync(run, workspace);
                    break;
            }
            jobs.Change(run.Id, job => job with { State = JobState.Succeeded, Ended = time.GetUtcNow(), Error = null });
        }
        catch (StepFailure failure)
        {
            await FailAsync(run, workspace.Id, failure.Error);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested || run.Job.State == JobState.Cancelling)
        {
            await TakeBackAsync(run, workspace.Id);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next server goes on.
        }
#pragma warning disable CA1031 // A bug in one job ends that job, with words.
        catch (Exception exception)
        {
            LogBroken(run.Id, exception);
            var step = jobs.Find(run.Id)!.Steps.FirstOrDefault(known => known.State != StepState.Succeeded) ?? run.Job.Steps[^1];
            await FailAsync(
                run,
                workspace.Id,
                new JobError(
                    step.Name,
                    "internal",
                    $"An internal error occurred ({exception.GetType().Name}).",
                    "Look at the server's log.",
                    null
                )
            );
        }
#pragma warning restore CA1031
    }

    /// <summary>A workspace that runs stays so while a job only looks after what is inside.</summary>
    private void Observe(string workspace, WorkspaceState state, string reason, string message) =>
        workspaces.Change(
            workspace,
            now =>
                // One that was given up meanwhile stays so.
                now.Observed == state
                || now.Observed == WorkspaceState.Deleted
                || (now.Observed == WorkspaceState.Running && state is WorkspaceState.Provisioning or WorkspaceState.Starting)
                    ? null
                    : now with
                    {
                        Observed = state,
                        Since = time.GetUtcNow(),
                        Reason = reason,
                        Message = message,
                    }
        );

    [LoggerMessage(1, LogLevel.Error, "The job {Id} broke off")]
    private partial void LogBroken(string id, Exception exception);
}
