using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Jobs;

/// <summary>The home of a duplicate.</summary>
internal sealed partial class WorkspaceJobs
{
    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(20);

    /// <summary>
    /// A sandbox with an empty home is made, the other workspace's own PID 1 packs what its user may read, and this one's unpacks it; no server reads a
    /// file of a home. Then it stops: the start that follows is one of a home that was used before.
    /// </summary>
    private async Task CopyHomeAsync(JobRun run, WorkspaceRecord workspace)
    {
        Observe(workspace.Id, WorkspaceState.Provisioning, run.Job.Kind, "");
        await run.StepAsync(
            "home",
            async token =>
            {
                if (
                    workspace.Document.CopyOf is not { } from
                    || workspaces.Find(from) is not { Sandbox: { } other } source
                    || sandboxes.Running(other, from) is not { } running
                )
                    throw new SandboxException(
                        "state_conflict",
                        "The workspace whose home is copied does not run any more.",
                        "Start it, then retry the job."
                    );
                if (workspaces.Find(workspace.Id)!.Sandbox is { } half)
                {
                    foreach (var failure in await sandboxes.RemoveResidentAsync(half, workspace.Id, token))
                        throw new SandboxException("remove_failed", failure, "Retry the job.");
                }
                var plan = await sandboxes.PlanResidentAsync(Request(workspace), token);
                var id = sandboxes.Reserve(workspace.Name);
                workspaces.Change(workspace.Id, now => now with { Sandbox = id });
                await sandboxes.EnsureResidentAsync(plan, id, new Unheard(), token);
                var target =
                    sandboxes.Running(id, workspace.Id) ?? throw new SandboxException("sandbox_not_ready", "The sandbox has ended again.");
                var copied = await HomeCopy.RunAsync(running, target, token);
                foreach (var failure in await sandboxes.StopResidentAsync(id, workspace.Id, token))
                    run.Say("home", $"warning: {failure}");
                return $"{copied.Entries} files and folders, {copied.Bytes >> 20} MiB, from {source.Name}";
            },
            limit: CopyLimit
        );
    }

    /// <summary>The stages of a launch that is part of another step.</summary>
    private sealed class Unheard : ILaunchProgress
    {
        public void Started(string stage) { }

        public void Succeeded(string stage) { }
    }
}
