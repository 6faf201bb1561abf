using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Workspaces.Jobs;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What people, and the reconciler for them, may ask of a workspace.</summary>
public sealed partial class WorkspaceService
{
    public const string Caisson = "caisson";

    public Task<JobRecord> StartAsync(string id, string actor) => ActAsync(id, JobKinds.Start, actor);

    public Task<JobRecord> RestartAsync(string id, string actor) => ActAsync(id, JobKinds.Restart, actor);

    /// <param name="reason"><c>user</c>, <c>admin</c>, <c>offboarded</c>, ….</param>
    public Task<JobRecord> StopAsync(string id, string actor, string reason) => ActAsync(id, JobKinds.Stop, actor, reason);

    /// <summary>Wishes that one which is down stays so.</summary>
    internal void Rest(string id) =>
        _store.Change(
            id,
            now =>
                now is { Desired: DesiredState.Running, Observed: WorkspaceState.Stopped or WorkspaceState.Failed }
                    ? now with
                    {
                        Desired = DesiredState.Stopped,
                    }
                    : null
        );

    /// <summary>Its home is kept for a while.</summary>
    public Task<JobRecord> DeleteAsync(string id, string actor) => ActAsync(id, JobKinds.Delete, actor);

    /// <summary>Gives the workspace up at once, whatever state it is in. What may remain is named, and the reconciler goes on removing it.</summary>
    public async Task<IReadOnlyList<string>> ForceDeleteAsync(string id, string actor)
    {
        foreach (var job in _jobs.Active().Where(job => job.Workspace == id))
            await CancelAsync(job.Id);
        var now = _time.GetUtcNow();
        var gone = _store.Change(
            id,
            workspace =>
                workspace with
                {
                    Observed = WorkspaceState.Deleted,
                    Desired = DesiredState.Deleted,
                    Since = now,
                    Reason = "forced",
                    Actor = actor,
                    Deleted = workspace.Deleted ?? now,
                    // Not kept: force is for what can't be used any more.
                    HomeUntil = now,
                }
        );
        _reconciler.Wake();
        return gone?.Sandbox is { } sandbox ? [$"sandbox {sandbox} with its home"] : [];
    }

    /// <summary>Brings back a workspace that was deleted, while its home is kept and its name is free.</summary>
    /// <param name="name">Under another name, or null for its own.</param>
    public WorkspaceRecord Restore(string id, string actor, string? name = null)
    {
        if (name is not null)
            WorkspaceFields.Demand("name", WorkspaceFields.WhyNotName(name));
        var now = _time.GetUtcNow();
        return _events.Do(
            (connection, transaction, added) =>
                WorkspaceStore.Change(
                    connection,
                    transaction,
                    added,
                    id,
                    workspace =>
                    {
                        Demand(workspace, "restore");
                        if (workspace.Sandbox is null || workspace.HomeUntil is not { } until || until <= now)
                            throw new SandboxException("home_gone", "The home of this workspace is not kept any more.");
                        if (WorkspaceStore.FindByName(connection, transaction, workspace.Owner, name ?? workspace.Name) is not null)
                            throw new SandboxException(
                                "name_taken",
                                $"There is another workspace '{name ?? workspace.Name}' now.",
                                "Restore it under another name."
                            );
                        return workspace with
                        {
                            Observed = WorkspaceState.Stopped,
                            Desired = DesiredState.Stopped,
                            Since = now,
                            Name = name ?? workspace.Name,
                            Reason = "restored",
                            Actor = actor,
                            Deleted = null,
                            HomeUntil = null,
                        };
                    }
                ) ?? throw Unknown()
        );
    }

    /// <summary>Ends a job within seconds: one that waits at once, one that runs after it has taken back what it made.</summary>
    public async Task<JobRecord> CancelAsync(string id)
    {
        var changed = _jobs.Change(
            id,
            job => job.State is JobState.Queued or JobState.Running ? job with { State = JobState.Cancelling } : null
        );
        if (changed is null)
            return _jobs.Find(id) ?? throw Unknown();
        if (!await _runner.CancelAsync(id))
        {
            // It had not begun, so there is nothing to take back; or it has ended in this moment, and stays as it ended.
            // Both at once: a job that has ended beside a workspace that still waits for it looks as if it had to be brought back.
            _events.Do(
                (connection, transaction, added) =>
                {
                    var ended = JobStore.Change(
                        connection,
                        transaction,
                        added,
                        id,
                        job =>
                            job.State != JobState.Cancelling
                                ? null
                                : job with
                                {
                                    State = JobState.Cancelled,
                                    Ended = _time.GetUtcNow(),
                                    Steps =
                                    [
                                        .. job.Steps.Select(step =>
                                            step.State == StepState.Pending ? step with { State = StepState.Cancelled } : step
                                        ),
                                    ],
                                }
                    );
                    return ended is null
                        ? null
                        : WorkspaceStore.Change(
                            connection,
                            transaction,
                            added,
                            ended.Workspace,
                            workspace =>
                                workspace.Job != id ? null
                                : workspace.Observed == WorkspaceState.Queued
                                    ? workspace with
                                    {
                                        Observed = WorkspaceState.Stopped,
                                        Desired = DesiredState.Stopped,
                                        Since = _time.GetUtcNow(),
                                        Reason = "cancelled",
                                    }
                                // Nothing was done, so what is stays: else the reconciler would go on with what was cancelled.
                                : workspace.Observed == WorkspaceState.Running ? workspace with { Desired = DesiredState.Running }
                                : workspace with { Desired = DesiredState.Stopped }
                        );
                }
            );
        }
        _log.Pulse();
        return _jobs.Find(id)!;
    }

    /// <param name="scratch">All steps anew, else from the first that isn't done.</param>
    /// <param name="keep">Whether a failure leaves the sandbox up for 15 minutes.</param>
    public JobRecord Retry(string id, bool scratch, bool keep)
    {
        var job = _events.Do(
            (connection, transaction, added) =>
            {
                var retried =
                    JobStore.Change(connection, transaction, added, id, before => Again(before, scratch, keep)) ?? throw Unknown();
                WorkspaceStore.Change(
                    connection,
                    transaction,
                    added,
                    retried.Workspace,
                    workspace =>
                        workspace.Job != id || workspace.Deleted is not null
                            ? throw new SandboxException(
                                "state_conflict",
                                "A later job has changed this workspace.",
                                $"Look at the job {workspace.Job}."
                            )
                        : retried.Kind is JobKinds.Stop or JobKinds.Delete || workspace.Observed == WorkspaceState.Running ? null
                        : workspace with
                        {
                            Observed = WorkspaceState.Queued,
                            Desired = DesiredState.Running,
                            Since = _time.GetUtcNow(),
                            Reason = "retry",
                            Message = "",
                        }
                );
                return retried;
            }
        );
        _runner.Enqueue(job);
        return job;
    }

    private JobRecord Again(JobRecord job, bool scratch, bool keep)
    {
        var unfinished = job.State is JobState.Failed or JobState.Cancelled || job.Steps.Any(step => step.State == StepState.Failed);
        if (job.IsActive || !unfinished)
            throw new SandboxException(
                "state_conflict",
                $"The job is {job.State.ToString().ToLowerInvariant()}; there is nothing to retry."
            );
        return job with
        {
            State = JobState.Queued,
            Attempt = job.Attempt + 1,
            Queued = _time.GetUtcNow(),
            Started = null,
            Ended = null,
            Error = null,
            Keep = keep,
            KeepUntil = null,
            Steps =
            [
                .. job.Steps.Select(step =>
                    scratch || step.State is not (StepState.Succeeded or StepState.Skipped)
                        ? step with
                        {
                            State = StepState.Pending,
                            Started = null,
                            Ended = null,
                            Message = null,
                            Fix = null,
                        }
                        : step
                ),
            ],
        };
    }

    /// <summary>Begins a job, in one transaction with what is wished then.</summary>
    /// <param name="wished">Only while this is still wished: who looked before may be late. Null: whatever is.</param>
    internal async Task<JobRecord> ActAsync(string id, string kind, string actor, string? stopReason = null, DesiredState? wished = null)
    {
        // Stop and delete end what is under way; the runner then takes them next.
        if (kind is JobKinds.Stop or JobKinds.Delete)
        {
            foreach (var active in _jobs.Active().Where(job => job.Workspace == id && JobKinds.IsStart(job.Kind)))
            {
                if (active.Workspace == id)
                    await CancelAsync(active.Id);
            }
        }
        var jobId = Identifier.New('j');
        var job = _events.Do(
            (connection, transaction, added) =>
            {
                var workspace = WorkspaceStore.Find(connection, transaction, id) ?? throw Unknown();
                if (wished is not null && workspace.Desired != wished)
                    throw new SandboxException("invalid_transition", $"{id} is not wished to be {wished.Value.Text()} any more.");
                // What is being cancelled is wished until that has been written down.
                if (
                    wished is not null
                    && workspace.Job is { } last
                    && JobStore.Find(connection, transaction, last) is { State: JobState.Cancelling }
                )
                    throw new SandboxException("invalid_transition", $"{id} has a job that is being cancelled.");
                if (kind is JobKinds.Stop && workspace.Observed == WorkspaceState.Stopped && workspace.Reason == "cancelled")
                {
                    // The cancelling was all that there was to stop; a job that finds nothing is harmless.
                }
                else
                    Demand(workspace, kind);
                var made = _jobs.Insert(connection, transaction, added, jobId, workspace, kind, actor);
                WorkspaceStore.Change(
                    connection,
                    transaction,
                    added,
                    id,
                    now =>
                        now with
                        {
                            Desired = kind switch
                            {
                                JobKinds.Stop => DesiredState.Stopped,
                                JobKinds.Delete => DesiredState.Deleted,
                                _ => DesiredState.Running,
                            },
                            Observed = kind is JobKinds.Start ? WorkspaceState.Queued : now.Observed,
                            Since = kind is JobKinds.Start ? _time.GetUtcNow() : now.Since,
                            StopReason = stopReason ?? now.StopReason,
                            Actor = actor,
                            Job = jobId,
                        }
                );
                return made;
            }
        );
        _runner.Enqueue(job);
        return job;
    }

    private static void Demand(WorkspaceRecord workspace, string action)
    {
        if (!Transitions.AllowsAction(workspace.Observed, action))
            throw new SandboxException(
                "invalid_transition",
                $"A workspace that is {workspace.Observed.Text()} can't be asked to {action}.",
                Transitions.ActionsIn(workspace.Observed) is { Count: > 0 } allowed ? $"Allowed now: {string.Join(", ", allowed)}." : null
            );
    }

    private static SandboxException Unknown() => new("unknown_workspace", "There is nothing here with this id that you may see.");
}
