using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Jobs;

/// <summary>Jobs that end otherwise than planned: failed, or cancelled and taken back.</summary>
internal sealed partial class WorkspaceJobs
{
    /// <summary>Nothing of a failed start runs on, unless its owner wants to look at it. The home stays, so that a retry goes on where it failed.</summary>
    private async Task FailAsync(JobRun run, string workspace, JobError error)
    {
        var now = workspaces.Find(workspace)!;
        var running = now.Sandbox is { } id && sandboxes.Running(id, workspace) is not null;
        var kept = running && jobs.Find(run.Id) is { Keep: true };
        if (running && !kept && JobKinds.IsStart(run.Job.Kind))
        {
            foreach (var failure in await sandboxes.StopResidentAsync(now.Sandbox!, workspace, CancellationToken.None))
                run.Say(error.Step, $"warning: {failure}");
        }
        var ended = time.GetUtcNow();
        jobs.Change(
            run.Id,
            job => job with { State = JobState.Failed, Ended = ended, Error = error, KeepUntil = kept ? ended + DebugTime : null }
        );
        Observe(workspace, WorkspaceState.Failed, error.Code, error.Message);
    }

    /// <summary>Undoes what the job made, and says what.</summary>
    private async Task TakeBackAsync(JobRun run, string workspace)
    {
        var now = workspaces.Find(workspace)!;
        IReadOnlyList<string> failures = [];
        // Only a first start has nothing in its home that anybody could miss.
        var fresh = JobKinds.IsFirst(run.Job.Kind) && run.Job.Attempt == 1;
        // One that ran before, and was only looked after, goes on: somebody works in it.
        if (now.Sandbox is { } id && JobKinds.IsStart(run.Job.Kind) && now.Observed != WorkspaceState.Running)
        {
            failures = await sandboxes.TakeBackResidentAsync(id, workspace, fresh);
            run.Say("stop", fresh ? $"undone: the sandbox {id} was removed" : $"undone: the sandbox {id} was stopped");
        }
        foreach (var failure in failures)
            run.Say("stop", $"warning: {failure}");
        leases.Release(workspace);
        jobs.Change(
            run.Id,
            job =>
                job with
                {
                    State = JobState.Cancelled,
                    Ended = time.GetUtcNow(),
                    Steps =
                    [
                        .. job.Steps.Select(step =>
                            // What a removed home held was undone with it: a retry does all of it again.
                            fresh || step.State is StepState.Pending or StepState.Running
                                ? step with
                                {
                                    State = StepState.Cancelled,
                                }
                                : step
                        ),
                    ],
                }
        );
        var running = now.Sandbox is { } still && sandboxes.Running(still, workspace) is not null;
        workspaces.Change(
            workspace,
            record =>
                record.Observed == WorkspaceState.Deleted ? null
                : record.Observed == WorkspaceState.Running && running
                    ? record with
                    {
                        Desired = record.Job == run.Id ? DesiredState.Running : record.Desired,
                    }
                : record with
                {
                    Observed = running ? WorkspaceState.Running : WorkspaceState.Stopped,
                    // A stop or a deletion that came with the cancelling is what is wished now; the cancelled one is not.
                    Desired =
                        record.Desired is not DesiredState.Running && record.Job != run.Id ? record.Desired
                        : running ? DesiredState.Running
                        : DesiredState.Stopped,
                    Since = time.GetUtcNow(),
                    Reason = "cancelled",
                    Message = "",
                    Sandbox = fresh && failures.Count == 0 ? null : record.Sandbox,
                }
        );
    }
}
