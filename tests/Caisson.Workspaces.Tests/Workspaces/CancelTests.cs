using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>Ending jobs before their end: what was made is taken back, what was there stays, and nothing stands in the way of the next start.</summary>
public sealed class CancelTests : IAsyncLifetime
{
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write(
            "templates/slow.md",
            """
            ---
            policies: [slow]
            agents: []
            projects: [app]
            repositories: [https://slow.example/tools.git]
            ---
            """
        );
        _lab.Write("templates/app/README", "hello\n");
        _lab.Write("templates/default.md", "---\nagents: []\n---\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task ACreation_ThatIsCancelled_LeavesNothing_AndARetryMakesAllOfIt()
    {
        var (workspace, job, _) = _lab.Create("one", "slow");
        await _lab.Slow.AskedAsync();

        await _lab.Service.CancelAsync(job!.Id);
        var cancelled = await _lab.EndOfAsync(job.Id);

        cancelled.State.ShouldBe(JobState.Cancelled);
        cancelled.Steps.ShouldAllBe(step => step.State == StepState.Cancelled);
        _lab.Log(cancelled).ShouldContain("undone: the sandbox");
        var stopped = _lab.Store.Find(workspace.Id)!;
        (stopped.Observed, stopped.Desired, stopped.Reason, stopped.Sandbox).ShouldBe(
            (WorkspaceState.Stopped, DesiredState.Stopped, "cancelled", null)
        );
        _lab.Sandboxes().ShouldBeEmpty();

        // Its home is a new one: what an earlier attempt had done there has to be done again.
        _lab.Slow.Dispose();
        var retried = await _lab.SucceededAsync(_lab.Service.Retry(job.Id, scratch: false, keep: false));
        (retried.Id, retried.Attempt).ShouldBe((job.Id, 2));
        (await _lab.InsideAsync(workspace.Id, "cat projects/app/README")).ShouldBe("hello");
        var degraded = _lab.Store.Find(workspace.Id)!;
        (degraded.Observed, HealthFinding.StateOf(degraded.Health), degraded.Health.Single().Code).ShouldBe(
            (WorkspaceState.Running, "degraded", "repository_missing")
        );
    }

    [Fact]
    public async Task CreationsThatAreCancelledAtOnce_AreNeverStartedByWhoLookedBefore()
    {
        var made = new List<(string Workspace, string Job)>();
        for (var number = 0; number < 60; number++)
        {
            var (workspace, job, _) = _lab.Create($"gone-{number}");
            await _lab.Service.CancelAsync(job!.Id);
            made.Add((workspace.Id, job.Id));
        }

        foreach (var (workspace, job) in made)
        {
            (await _lab.EndOfAsync(job)).State.ShouldBe(JobState.Cancelled);
            var stopped = _lab.Store.Find(workspace)!;
            (stopped.Observed, stopped.Desired, stopped.Reason).ShouldBe((WorkspaceState.Stopped, DesiredState.Stopped, "cancelled"));
            _lab.Service.Jobs.Of(workspace, 10).ShouldHaveSingleItem();
        }
        _lab.Sandboxes().ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatIsNotWishedAnyMore_IsNotDone()
    {
        var (workspace, job, _) = _lab.Create("late");
        await _lab.Service.CancelAsync(job!.Id);
        await _lab.EndOfAsync(job.Id);

        var late = await Should.ThrowAsync<Caisson.Sandboxes.SandboxException>(() =>
            _lab.Service.ActAsync(workspace.Id, JobKinds.Start, WorkspaceService.Caisson, wished: DesiredState.Running)
        );

        late.Code.ShouldBe("invalid_transition");
        _lab.Store.Find(workspace.Id)!.Desired.ShouldBe(DesiredState.Stopped);
    }

    [Fact]
    public async Task AStart_ThatIsCancelled_KeepsTheHome_AndTheNextStartGoesOn()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "echo mine > file; mkdir -p .caisson; mkfifo gate; echo 'cat ~/gate' > .caisson/setup.sh");
        await _lab.SucceededAsync(await _lab.Service.StopAsync(workspace.Id, ServiceLab.Ada.Id, "user"));
        var start = await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id);
        await _lab.StepRunsAsync(start.Id, "setup");

        await _lab.Service.CancelAsync(start.Id);
        var cancelled = await _lab.EndOfAsync(start.Id);

        cancelled.State.ShouldBe(JobState.Cancelled);
        cancelled.Steps.Single(step => step.Name == "setup").State.ShouldBe(StepState.Cancelled);
        cancelled.Steps.Single(step => step.Name == "probe").State.ShouldBe(StepState.Succeeded);
        _lab.Runs(workspace.Id).ShouldBeFalse();
        File.ReadAllText(Path.Combine(_lab.HomeOf(workspace), "file")).ShouldBe("mine\n");
        File.Delete(Path.Combine(_lab.HomeOf(workspace), ".caisson", "setup.sh"));

        await _lab.SucceededAsync(await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id));
        (await _lab.InsideAsync(workspace.Id, "cat file")).ShouldBe("mine");
    }

    /// <summary>5 s are promised; a machine that is busy with all other tests may take three times that.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task InEveryStep_ACancelledStart_EndsSoon_AndTheNextOneGoesOn()
    {
        _lab.Write("templates/all.md", "---\nagents: []\nprojects: [app]\n---\n");
        var (workspace, job, _) = _lab.Create("one", "all");
        foreach (var (step, _) in JobKinds.Steps(JobKinds.Create))
        {
            await _lab.JobAsync(job!.Id, now => !now.IsActive || now.Steps.Single(known => known.Name == step).State != StepState.Pending);
            await CancelledSoonAsync(job.Id);
            _lab.Runs(workspace.Id).ShouldBeFalse(step);
            job = await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id);
        }

        await _lab.SucceededAsync(job!);
        (await _lab.InsideAsync(workspace.Id, "cat projects/app/README")).ShouldBe("hello");
        _lab.Sandboxes().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatWantsLongToEnd_IsNotWaitedFor_WhenAStartIsCancelled()
    {
        var workspace = await PatientAsync("one");
        await _lab.InsideAsync(workspace.Id, "mkdir -p .caisson; echo 'trap \"\" TERM; touch ~/on; sleep 1000' > .caisson/setup.sh");
        var restart = await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id);
        await _lab.StepRunsAsync(restart.Id, "setup");
        while (!File.Exists(Path.Combine(_lab.HomeOf(workspace), "on")))
            await Task.Yield();

        await CancelledSoonAsync(restart.Id);

        (_lab.Runs(workspace.Id), _lab.Store.Find(workspace.Id)!.Desired).ShouldBe((false, DesiredState.Stopped));
    }

    [Theory]
    [InlineData(JobKinds.Stop)]
    [InlineData(JobKinds.Delete)]
    public async Task AStopThatIsCancelled_IsNotWaitedForAnyMore_AndNothingIsRemoved(string kind)
    {
        var workspace = await PatientAsync("one");
        await _lab.InsideAsync(
            workspace.Id,
            "(trap 'touch told' TERM; touch ready; while :; do sleep 1000 & wait; done) >/dev/null 2>&1 & while [ ! -e ready ]; do :; done"
        );
        var job = await _lab.Service.ActAsync(workspace.Id, kind, ServiceLab.Ada.Id);
        while (!File.Exists(Path.Combine(_lab.HomeOf(workspace), "told")))
            await Task.Yield();

        await CancelledSoonAsync(job.Id);

        await _lab.Service.LookAsync();
        var stopped = _lab.Store.Find(workspace.Id)!;
        (stopped.Observed, stopped.Desired, stopped.Job).ShouldBe((WorkspaceState.Stopped, DesiredState.Stopped, job.Id));
        await _lab.SucceededAsync(await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id));
        (await _lab.InsideAsync(workspace.Id, "ls")).ShouldBe("ready\ntold");
    }

    [Fact]
    public async Task WhatWaitsForItsTurn_AndIsCancelled_IsNotWishedAnyMore()
    {
        var running = await _lab.RunningAsync("running");
        var resting = await _lab.RunningAsync("resting");
        await _lab.SucceededAsync(await _lab.Service.StopAsync(resting.Id, ServiceLab.Ada.Id, "user"));
        var held = new List<IDisposable>();
        for (var number = 0; number < JobRunner.DefaultLimit; number++)
        {
            _lab.Create($"slow-{number}", "slow");
            held.Add(await _lab.Slow.AskedAsync());
        }
        var waiting = new[]
        {
            await _lab.Service.StopAsync(running.Id, ServiceLab.Ada.Id, "user"),
            await _lab.Service.RestartAsync(resting.Id, ServiceLab.Ada.Id),
        };

        foreach (var job in waiting)
            await CancelledSoonAsync(job.Id);

        await _lab.Service.LookAsync();
        (_lab.Store.Find(running.Id)!.Desired, _lab.Store.Find(running.Id)!.Job).ShouldBe((DesiredState.Running, waiting[0].Id));
        (_lab.Store.Find(resting.Id)!.Desired, _lab.Store.Find(resting.Id)!.Job).ShouldBe((DesiredState.Stopped, waiting[1].Id));
        _lab.Service.Jobs.Active().Count.ShouldBe(JobRunner.DefaultLimit);
        held.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task ARetryThatIsCancelled_LeavesWhatRanBefore()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "mkdir -p .caisson; echo 'exit 1' > .caisson/setup.sh");
        var restarted = await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        await _lab.InsideAsync(workspace.Id, "echo 'sleep 1000' > .caisson/setup.sh; (sleep 1000 >/dev/null 2>&1 &)");
        _lab.Service.Retry(restarted.Id, scratch: false, keep: false);
        await _lab.StepRunsAsync(restarted.Id, "setup");

        await CancelledSoonAsync(restarted.Id);

        (await _lab.InsideAsync(workspace.Id, "pgrep -c sleep")).ShouldNotBe("0", "what people do in it goes on");
        var record = _lab.Store.Find(workspace.Id)!;
        (record.Observed, record.Desired, record.Reason).ShouldBe((WorkspaceState.Running, DesiredState.Running, "started"));
    }

    /// <summary>By what the product writes down, not by how long this test takes to see it.</summary>
    private async Task CancelledSoonAsync(string job)
    {
        var asked = _lab.Time.GetUtcNow();
        await _lab.Service.CancelAsync(job);
        var ended = await _lab.EndOfAsync(job);
        ended.State.ShouldBe(JobState.Cancelled);
        (ended.Ended!.Value - asked).ShouldBeLessThan(Soon);
    }

    /// <summary>A workspace whose policy lets what runs in it take a minute to end.</summary>
    private Task<WorkspaceRecord> PatientAsync(string name)
    {
        _lab.Write("policies/patient.md", "---\ndescription: x\nagent: { stop_grace: 60s }\n---\n");
        _lab.Write("templates/patient.md", "---\npolicies: [patient]\nagents: []\n---\n");
        return _lab.RunningAsync(name, "patient");
    }

    [Fact]
    public async Task ADeletion_EndsTheCreationThatIsUnderWay()
    {
        var (workspace, job, _) = _lab.Create("one", "slow");
        await _lab.Slow.AskedAsync();

        var deletion = await _lab.Service.DeleteAsync(workspace.Id, ServiceLab.Ada.Id);

        (await _lab.EndOfAsync(job!.Id)).State.ShouldBe(JobState.Cancelled);
        await _lab.SucceededAsync(deletion);
        _lab.Store.Find(workspace.Id)!.Observed.ShouldBe(WorkspaceState.Deleted);
        _lab.Sandboxes().ShouldBeEmpty();
    }

    [Fact]
    public async Task AForcedDeletion_DoesNotWaitForAStepThatHangs_AndWhatRemainsIsRemoved()
    {
        var (workspace, job, _) = _lab.Create("one", "slow");
        await _lab.Slow.AskedAsync();

        var orphans = await _lab.Service.ForceDeleteAsync(workspace.Id, ServiceLab.Ada.Id);

        orphans.ShouldAllBe(orphan => orphan.EndsWith("with its home", StringComparison.Ordinal));
        _lab.Store.Find(workspace.Id)!.Observed.ShouldBe(WorkspaceState.Deleted);
        (await _lab.EndOfAsync(job!.Id)).State.ShouldBe(JobState.Cancelled);
        await _lab.LookUntilAsync(() => _lab.Sandboxes().Count == 0);
        _lab.Store.Find(workspace.Id)!.Observed.ShouldBe(WorkspaceState.Deleted, "what ends late brings nothing back");
    }

    [Fact]
    public async Task AForcedDeletion_WorksFromAnyState_AndTheNameIsFreeAtOnce()
    {
        var failed = await FailedAsync("failed");
        var running = await _lab.RunningAsync("running");
        var stopped = await _lab.RunningAsync("stopped");
        await _lab.SucceededAsync(await _lab.Service.StopAsync(stopped.Id, ServiceLab.Ada.Id, "user"));

        foreach (var workspace in new[] { failed, running, stopped })
        {
            await _lab.Service.ForceDeleteAsync(workspace.Id, ServiceLab.Ada.Id);
            _lab.Create(workspace.Name).Existing.ShouldBeFalse();
        }

        await _lab.LookUntilAsync(() => new[] { failed, running, stopped }.All(gone => _lab.Store.Find(gone.Id)!.Sandbox is null));
        _lab.Sandboxes().ShouldNotContain(name => name == running.Sandbox || name == stopped.Sandbox || name == failed.Sandbox);
    }

    [Fact]
    public async Task AFailure_ThatIsKept_LeavesTheSandboxUpForALook_ButNotForEver()
    {
        var failed = await FailedAsync("one");
        _lab.Runs(failed.Id).ShouldBeFalse();

        var job = await _lab.EndOfAsync(_lab.Service.Retry(failed.Job!, scratch: false, keep: true).Id);

        (job.State, job.Error!.Step, job.KeepUntil).ShouldBe((JobState.Failed, "projects", job.Ended + TimeSpan.FromMinutes(15)));
        (await _lab.InsideAsync(failed.Id, "echo looking")).ShouldBe("looking");
        var place = _lab.Services.Terminals.Place(failed.Id)!;
        var terminal = await _lab.Services.Terminals.CreateAsync(place, new(null, null, null, 80, 24), CancellationToken.None);
        terminal.Record.Workspace.ShouldBe(failed.Id);

        _lab.Time.Advance(TimeSpan.FromMinutes(14));
        await _lab.Service.LookAsync();
        _lab.Runs(failed.Id).ShouldBeTrue();
        _lab.Time.Advance(TimeSpan.FromMinutes(2));
        await _lab.LookUntilAsync(() => !_lab.Runs(failed.Id));
        _lab.Service.Jobs.Find(job.Id)!.KeepUntil.ShouldBeNull();
    }

    [Fact]
    public async Task ARetry_GoesOnAtTheStepThatFailed_InTheSandboxThatWasKept()
    {
        var failed = await FailedAsync("one");
        var kept = await _lab.EndOfAsync(_lab.Service.Retry(failed.Job!, scratch: false, keep: true).Id);
        var sandbox = _lab.Sandbox(failed.Id).Runtime.InitPid;
        _lab.Write("templates/gone/README", "back\n");

        var retried = await _lab.SucceededAsync(_lab.Service.Retry(kept.Id, scratch: false, keep: false));

        (retried.Id, retried.Attempt).ShouldBe((kept.Id, 3));
        _lab.Sandbox(failed.Id).Runtime.InitPid.ShouldBe(sandbox);
        retried.Steps.Single(step => step.Name == "probe").Attempts.ShouldBe(kept.Steps.Single(step => step.Name == "probe").Attempts);
        (await _lab.InsideAsync(failed.Id, "cat projects/gone/README")).ShouldBe("back");

        Should
            .Throw<Sandboxes.SandboxException>(() => _lab.Service.Retry(kept.Id, scratch: false, keep: false))
            .Code.ShouldBe("state_conflict");
    }

    [Fact]
    public async Task AJobThatIsOver_ChangesNothing_WhenTheNextServerRunsItAgain()
    {
        const string list = "find . -printf '%p %T@ %i\\n' | sort";
        var workspace = await _lab.RunningAsync("one");
        var before = await _lab.InsideAsync(workspace.Id, list);
        var pid = _lab.Sandbox(workspace.Id).Runtime.InitPid;

        // As if the last thing that it wrote had not arrived.
        _lab.Service.Jobs.Change(
            workspace.Job!,
            job =>
                job with
                {
                    State = JobState.Running,
                    Ended = null,
                    Steps = [.. job.Steps.Select(step => step with { State = StepState.Pending })],
                }
        );
        await _lab.RestartAsync();
        var again = await _lab.SucceededAsync(_lab.Service.Jobs.Find(workspace.Job!)!);

        again.Steps.Single(step => step.Name == "start").State.ShouldBe(StepState.Skipped);
        _lab.Sandbox(workspace.Id).Runtime.InitPid.ShouldBe(pid);
        _lab.Sandboxes().ShouldHaveSingleItem();
        (await _lab.InsideAsync(workspace.Id, list)).ShouldBe(before);
    }

    /// <summary>A workspace whose start fails after its sandbox runs: the folder of a project is gone.</summary>
    private async Task<WorkspaceRecord> FailedAsync(string name)
    {
        _lab.Write("templates/gone.md", "---\nagents: []\nprojects: [gone]\n---\n");
        _lab.Write("templates/gone/README", "there\n");
        var workspace = await _lab.RunningAsync(name, "gone");
        await _lab.InsideAsync(workspace.Id, "rm -rf projects");
        await _lab.SucceededAsync(await _lab.Service.StopAsync(workspace.Id, ServiceLab.Ada.Id, "user"));
        Directory.Delete(Path.Combine(_lab.Directories.Templates, "gone"), recursive: true);
        var start = await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id);
        (await _lab.EndOfAsync(start.Id)).State.ShouldBe(JobState.Failed);
        return _lab.Store.Find(workspace.Id)!;
    }
}
