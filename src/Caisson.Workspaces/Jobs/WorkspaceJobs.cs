using Caisson.Agents.Store;
using Caisson.Api;
using Caisson.Sandboxes;
using Caisson.Workspaces.Lifecycle;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Workspaces;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Jobs;

/// <summary>What the jobs of workspaces do. Every part may be run again after it was cut off anywhere.</summary>
internal sealed partial class WorkspaceJobs(
    CaissonDirectories directories,
    SandboxService sandboxes,
    WorkspaceStore workspaces,
    WorkspaceLeases leases,
    JobStore jobs,
    JobLog log,
    AgentStore agents,
    TimeProvider time,
    ILogger<WorkspaceJobs> logger
)
{
    internal static readonly TimeSpan HomeKept = TimeSpan.FromDays(7);
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

    private async Task StartAsync(JobRun run, WorkspaceRecord workspace)
    {
        Observe(workspace.Id, workspace.Sandbox is null ? WorkspaceState.Provisioning : WorkspaceState.Starting, run.Job.Kind, "");
        var plan = default(RunPlan)!;
        await run.StepAsync(
            "plan",
            async token =>
            {
                plan = await sandboxes.PlanResidentAsync(Request(workspace), token);
                foreach (var warning in plan.Response.Warnings)
                    run.Say("plan", warning);
                return $"policies: {Names(plan.Response.Policies)}; agents: {Names(plan.Agents.Select(agent => agent.Provider.Name))}";
            },
            again: true
        );
        // Committed before it is used: whatever is made with it can be found again.
        var id = workspace.Sandbox ?? sandboxes.Reserve(workspace.Name);
        workspaces.Change(workspace.Id, now => now.Sandbox == id ? null : now with { Sandbox = id });
        Observe(workspace.Id, WorkspaceState.Starting, run.Job.Kind, "");
        if (sandboxes.Running(id, workspace.Id) is null)
            await run.LaunchAsync((progress, token) => sandboxes.EnsureResidentAsync(plan, id, progress, token));
        else
        {
            foreach (var stage in JobKinds.Launch)
                run.Skip(stage, "the sandbox runs already");
        }
        var sandbox =
            sandboxes.Running(id, workspace.Id)
            ?? throw new StepFailure(
                new JobError("ready", "sandbox_not_ready", "The sandbox has ended again.", $"caisson logs {id}", null)
            );
        var health = await InsideAsync(run, workspace, plan, sandbox);
        workspaces.Change(
            workspace.Id,
            now =>
                now.Observed == WorkspaceState.Deleted
                    ? null
                    : now with
                {
                    Observed = WorkspaceState.Running,
                    Since = now.Observed == WorkspaceState.Running ? now.Since : time.GetUtcNow(),
                    Reason = "started",
                    Message = "",
                    StopReason = null,
                    Actor = run.Job.Actor,
                    Health = health,
                    LastUsed = time.GetUtcNow(),
                    Document = now.Document with { Isolation = plan.Response.Isolation },
                }
        );
    }

    /// <summary>What is independent runs side by side; what fails here makes the workspace degraded, not useless.</summary>
    private async Task<IReadOnlyList<HealthFinding>> InsideAsync(JobRun run, WorkspaceRecord workspace, RunPlan plan, ISandbox sandbox)
    {
        var inside = new InsideSteps(sandbox, agents, time);
        var missing = workspace.Document.Resident.Agents;
        var looking = run.StepAsync(
            "agents",
            async token =>
            {
                var planned = plan.Agents.Select(agent => agent.Provider.Name).ToList();
                missing = [.. workspace.Document.Resident.Agents.Except(planned), .. await inside.MissingAgentsAsync(planned, token)];
                return missing.Count == 0 ? $"{planned.Count} there" : $"missing: {string.Join(", ", missing)}";
            },
            again: true
        );
        var copying = run.StepAsync(
            "projects",
            async token =>
            {
                foreach (var project in workspace.Document.Projects)
                    run.Say("projects", await inside.ProjectAsync(Path.Combine(directories.Templates, project), project, token));
                return $"{workspace.Document.Projects.Count}";
            }
        );
        var cloning = run.StepAsync(
            "repositories",
            async token =>
            {
                await Task.WhenAll(
                    workspace.Document.Repositories.Select(async repository =>
                        run.Say("repositories", await inside.RepositoryAsync(repository, text => run.Say("repositories", text), token))
                    )
                );
                return $"{workspace.Document.Repositories.Count}";
            },
            optional: true
        );
        await Task.WhenAll(looking, copying, cloning);
        var cloned = await cloning;
        var setUp = await run.StepAsync(
            "setup",
            async token => await inside.SetupAsync(text => run.Say("setup", text), token),
            optional: true
        );
        await run.StepAsync(
            "check",
            async token =>
            {
                await inside.GatewayAsync(token);
                return "the gateway answered from inside";
            },
            again: true
        );
        var now = time.GetUtcNow();
        List<HealthFinding> found = [];
        if (missing.Count > 0)
            found.Add(
                new(
                    "agent_missing",
                    $"Not set up: {string.Join(", ", missing)}.",
                    "caisson agent install, then restart the workspace.",
                    now
                )
            );
        if (!cloned)
            found.Add(new("repository_missing", "A repository could not be cloned.", $"caisson job retry {run.Id}", now));
        if (!setUp)
            found.Add(new("setup_failed", "Your setup.sh failed.", $"caisson job log {run.Id}", now));
        return found;
    }

    private async Task StopAsync(JobRun run, WorkspaceRecord workspace)
    {
        Observe(workspace.Id, WorkspaceState.Stopping, run.Job.Kind, "");
        await run.StepAsync("stop", token => EndSandboxAsync(run, workspace, token), again: true);
        leases.Release(workspace.Id);
        if (run.Job.Kind == JobKinds.Stop)
            Observe(workspace.Id, WorkspaceState.Stopped, "stopped", "");
    }

    private async Task<string?> EndSandboxAsync(JobRun run, WorkspaceRecord workspace, CancellationToken cancellation)
    {
        if (workspace.Sandbox is not { } id)
            return "there was none";
        foreach (var failure in await sandboxes.StopResidentAsync(id, workspace.Id, cancellation))
            run.Say("stop", $"warning: {failure}");
        return sandboxes.Running(id, workspace.Id) is null
            ? null
            : throw new SandboxException("stop_failed", $"The sandbox {id} still runs.", $"caisson workspace rm --force {workspace.Name}");
    }

    private async Task DeleteAsync(JobRun run, WorkspaceRecord workspace)
    {
        Observe(workspace.Id, WorkspaceState.Deleting, run.Job.Kind, "");
        await run.StepAsync("stop", token => EndSandboxAsync(run, workspace, token), again: true);
        leases.Release(workspace.Id);
        await run.StepAsync(
            "remove",
            _ =>
            {
                var until = time.GetUtcNow() + HomeKept;
                workspaces.Change(
                    workspace.Id,
                    now =>
                        now with
                        {
                            Observed = WorkspaceState.Deleted,
                            Since = time.GetUtcNow(),
                            Reason = "deleted",
                            Deleted = now.Deleted ?? time.GetUtcNow(),
                            HomeUntil = now.Sandbox is null ? null : now.HomeUntil ?? until,
                        }
                );
                return Task.FromResult<string?>(workspace.Sandbox is null ? null : $"the home is kept until {until:yyyy-MM-dd HH:mm} UTC");
            }
        );
    }

    /// <summary>Nothing of a failed start runs on, unless its owner wants to look at it. The home stays, so that a retry goes on where it failed.</summary>
    private async Task FailAsync(JobRun run, string workspace, JobError error)
    {
        var now = workspaces.Find(workspace)!;
        var running = now.Sandbox is { } id && sandboxes.Running(id, workspace) is not null;
        var kept = running && jobs.Find(run.Id) is { Keep: true };
        if (running && !kept && run.Job.Kind is JobKinds.Create or JobKinds.Start or JobKinds.Restart)
        {
            foreach (var failure in await sandboxes.StopResidentAsync(now.Sandbox!, workspace, CancellationToken.None))
                run.Say(error.Step, $"warning: {failure}");
        }
        jobs.Change(
            run.Id,
            job =>
                job with
                {
                    State = JobState.Failed,
                    Ended = time.GetUtcNow(),
                    Error = error,
                    KeepUntil = kept ? time.GetUtcNow() + DebugTime : null,
                }
        );
        Observe(workspace, WorkspaceState.Failed, error.Code, error.Message);
    }

    /// <summary>Undoes what the job made, and says what.</summary>
    private async Task TakeBackAsync(JobRun run, string workspace)
    {
        var now = workspaces.Find(workspace)!;
        IReadOnlyList<string> failures = [];
        // Only a first start has nothing in its home that anybody could miss.
        var fresh = run.Job is { Kind: JobKinds.Create, Attempt: 1 };
        if (now.Sandbox is { } id && run.Job.Kind is JobKinds.Create or JobKinds.Start or JobKinds.Restart)
        {
            failures = fresh
                ? await sandboxes.RemoveResidentAsync(id, workspace, CancellationToken.None)
                : await sandboxes.StopResidentAsync(id, workspace, CancellationToken.None);
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
                            step.State is StepState.Pending or StepState.Running ? step with { State = StepState.Cancelled } : step
                        ),
                    ],
                }
        );
        var running = now.Sandbox is { } still && sandboxes.Running(still, workspace) is not null;
        workspaces.Change(
            workspace,
            record =>
                record.Observed == WorkspaceState.Deleted
                    ? null
                    : record with
                    {
                        Observed = running ? WorkspaceState.Running : WorkspaceState.Stopped,
                        // A stop or a deletion that came with the cancelling is what is wished now.
                        Desired =
                            record.Desired is not DesiredState.Running ? record.Desired
                            : running ? DesiredState.Running
                            : DesiredState.Stopped,
                        Since = time.GetUtcNow(),
                        Reason = "cancelled",
                        Message = "",
                        Sandbox = fresh && failures.Count == 0 ? null : record.Sandbox,
                    }
        );
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

    private static RunRequest Request(WorkspaceRecord workspace) => WorkspaceRequest.Of(workspace.Name, workspace.Document);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";

    [LoggerMessage(1, LogLevel.Error, "The job {Id} broke off")]
    private partial void LogBroken(string id, Exception exception);
}
