using Caisson.Api;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Jobs;

/// <summary>The start: the launch of the sandbox, then what is done inside.</summary>
internal sealed partial class WorkspaceJobs
{
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
        var inside = Inside(sandbox);
        var missing = workspace.Document.Resident.Agents;
        var looking = run.StepAsync(
            "agents",
            async token =>
            {
                var planned = plan.Agents.Select(agent => agent.Provider.Name).ToList();
                await inside.ForgesAsync(token);
                var commits = plan.Policy.GitAgents?.Value ?? AgentCommits.Person;
                if (await inside.CoAuthorAsync(commits, token) is { Length: > 0 } why)
                    run.Say("agents", $"warning: commits of agents bear no Co-authored-by: {why}");
                foreach (var agent in plan.Agents)
                    await inside.CommitterAsync(agent.Provider, commits, token);
                missing = [.. workspace.Document.Resident.Agents.Except(planned), .. await inside.MissingAgentsAsync(planned, token)];
                return missing.Count == 0 ? $"{planned.Count} there" : $"missing: {string.Join(", ", missing)}";
            },
            again: true
        );
        var copying = run.StepAsync(
            "projects",
            async token =>
            {
                var version = templates.VersionOf(workspace.Template) ?? workspace.TemplateHash;
                foreach (var project in workspace.Document.Projects)
                    run.Say(
                        "projects",
                        await inside.ProjectAsync(Path.Combine(directories.Templates, project), project, Short(version), token)
                    );
                return $"{workspace.Document.Projects.Count}";
            }
        );
        var cloning = run.StepAsync(
            "repositories",
            async token =>
            {
                // Starts that were asked for together read what they have in common once.
                using var sharing = sandboxes.ShareFetches(sandbox.Id, run.Job.Queued);
                await Task.WhenAll(
                    workspace.Document.Repositories.Select(async repository =>
                        run.Say("repositories", await inside.RepositoryAsync(repository, text => run.Say("repositories", text), token))
                    )
                );
                if (sharing is { Joined: > 0 and var joined })
                    run.Say(
                        "repositories",
                        $"{joined} of {joined + sharing.Fetched} answers came by fetches that others had begun meanwhile"
                    );
                return $"{workspace.Document.Repositories.Count}";
            },
            optional: true
        );
        await Task.WhenAll(looking, copying, cloning);
        var cloned = await cloning;
        var dotted = await run.StepAsync(
            "dotfiles",
            async token =>
                workspace.Document.Dotfiles is { } url
                    ? await inside.DotfilesAsync(url, text => run.Say("dotfiles", text), token)
                    : "you have named none",
            optional: true
        );
        var setUp = await run.StepAsync(
            "setup",
            async token => await inside.SetupAsync(text => run.Say("setup", text), token),
            optional: true
        );
        var starts = workspace.Document.Resident.StartIn;
        var begins = false;
        await run.StepAsync(
            "check",
            async token =>
            {
                begins = await inside.HasStartAsync(starts, token);
                // The steps before may have written over settings that hold agents to the gateway; those are Caisson's, and are put back.
                await sandboxes.ProvisionAgainAsync(sandbox.Id, token);
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
        if (!begins)
            found.Add(
                new(
                    "start_in_missing",
                    $"{starts} is not there, so terminals begin in ~/projects.",
                    "Make the folder and restart the workspace, or correct `start_in` of the template.",
                    now
                )
            );
        if (!dotted)
            found.Add(new("dotfiles_failed", "Your dotfiles could not be set up.", $"caisson job log {run.Id}", now));
        if (!setUp)
            found.Add(new("setup_failed", "Your setup.sh failed.", $"caisson job log {run.Id}", now));
        return found;
    }

    /// <summary>Of <c>sha256:…</c>, enough to tell versions of one template apart.</summary>
    private static string Short(string hash) => hash[(hash.IndexOf(':', StringComparison.Ordinal) + 1)..][..12];

    private static RunRequest Request(WorkspaceRecord workspace) => WorkspaceRequest.Of(workspace.Name, workspace.Document);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";
}
