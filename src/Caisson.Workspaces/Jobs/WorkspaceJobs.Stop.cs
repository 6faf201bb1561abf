using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Jobs;

/// <summary>Stopping and deleting.</summary>
internal sealed partial class WorkspaceJobs
{
    /// <summary>What was told to end can't be told to go on; cancelling ends only the waiting.</summary>
    private static readonly TimeSpan HurryAfter = TimeSpan.FromSeconds(2);

    private async Task StopAsync(JobRun run, WorkspaceRecord workspace)
    {
        Observe(workspace.Id, WorkspaceState.Stopping, run.Job.Kind, "");
        await run.StepAsync("stop", token => EndSandboxAsync(run, workspace, token), again: true, limit: JobRun.StepLimit + stopGrace);
        // A restart goes on with it.
        if (run.Job.Kind != JobKinds.Stop)
            return;
        leases.Release(workspace.Id);
        Observe(workspace.Id, WorkspaceState.Stopped, "stopped", "");
    }

    private async Task<string?> EndSandboxAsync(JobRun run, WorkspaceRecord workspace, CancellationToken cancellation)
    {
        if (workspace.Sandbox is not { } id)
            return "there was none";
        if (sandboxes.Running(id, workspace.Id) is { } running)
            await SurveyAsync(run, workspace, running, cancellation);
        using var hurry = new CancellationTokenSource();
        await using (run.Cancelled.Register(() => hurry.CancelAfter(HurryAfter)))
        {
            foreach (var failure in await sandboxes.StopResidentAsync(id, workspace.Id, stopGrace, cancellation, hurry.Token))
                run.Say("stop", $"warning: {failure}");
        }
        run.Cancelled.ThrowIfCancellationRequested();
        return sandboxes.Running(id, workspace.Id) is null
            ? null
            : throw new SandboxException("stop_failed", $"The sandbox {id} still runs.", $"caisson workspace rm --force {workspace.Name}");
    }

    /// <summary>What is only in this home is told while its own git can be asked. Whoever deletes it later is shown that.</summary>
    private async Task SurveyAsync(JobRun run, WorkspaceRecord workspace, ISandbox sandbox, CancellationToken cancellation)
    {
        WorkSurvey? work = null;
        try
        {
            work = await LookAsync(sandbox, cancellation);
        }
        catch (Exception exception) when (exception is InitException or SandboxException)
        {
            run.Say("stop", $"what is not saved elsewhere can't be told: {exception.Message}");
        }
        workspaces.Change(workspace.Id, now => now.Work is null && work is null ? null : now with { Work = work });
        foreach (var repository in work?.Repositories ?? [])
            run.Say(
                "stop",
                $"only here: {repository.Path}: {repository.Unpushed} commits, {repository.Changed} changed files, {repository.Stashes} stashes"
            );
    }

    /// <summary>Null: it can't be told.</summary>
    internal Task<WorkSurvey?> LookAsync(ISandbox sandbox, CancellationToken cancellation) => Inside(sandbox).WorkAsync(cancellation);

    private InsideSteps Inside(ISandbox sandbox) => new(sandbox, agents, since => sandboxes.Denials(sandbox.Id, since), time);

    private async Task DeleteAsync(JobRun run, WorkspaceRecord workspace)
    {
        Observe(workspace.Id, WorkspaceState.Deleting, run.Job.Kind, "");
        await run.StepAsync("stop", token => EndSandboxAsync(run, workspace, token), again: true, limit: JobRun.StepLimit + stopGrace);
        leases.Release(workspace.Id);
        await run.StepAsync(
            "remove",
            async token =>
            {
                var now = workspaces.Find(workspace.Id)!;
                var until = homeKept > TimeSpan.Zero && now.Sandbox is not null ? time.GetUtcNow() + homeKept : (DateTimeOffset?)null;
                if (until is null && now.Sandbox is { } id)
                {
                    foreach (var failure in await sandboxes.RemoveResidentAsync(id, workspace.Id, token))
                        throw new SandboxException("remove_failed", failure, "Retry the job; the reconciler tries it, too.");
                }
                workspaces.Change(
                    workspace.Id,
                    record =>
                        record with
                        {
                            Observed = WorkspaceState.Deleted,
                            Since = time.GetUtcNow(),
                            Reason = "deleted",
                            Deleted = record.Deleted ?? time.GetUtcNow(),
                            Sandbox = until is null ? null : record.Sandbox,
                            HomeUntil = until is null ? null : record.HomeUntil ?? until,
                        }
                );
                return until is { } end ? $"the home is kept until {end:yyyy-MM-dd HH:mm} UTC" : "no home is kept";
            }
        );
    }
}
