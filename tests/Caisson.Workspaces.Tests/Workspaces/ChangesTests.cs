using Caisson.Sandboxes;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>A workspace is transferred and copied while it runs.</summary>
public sealed class ChangesTests : IAsyncLifetime
{
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\n---\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task ATransfer_KeepsIdHomeHistoryAndWhatRuns_AndOldLinksLeadOn()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "echo mine > file");
        _lab.Store.Share(workspace.Id, ServiceLab.Bob.Id, "viewer");
        var pid = _lab.Sandbox(workspace.Id).Runtime.InitPid;

        var moved = _lab.Service.Transfer(workspace.Id, ServiceLab.Bob, "viewer", "from-ada", ServiceLab.Ada.Id);

        (moved.Id, moved.Owner, moved.Name, moved.Document.Resident.GitEmail).ShouldBe(
            (workspace.Id, ServiceLab.Bob.Id, "from-ada", ServiceLab.Bob.Address)
        );
        _lab.Store.Find(workspace.Id)!.Shares.ShouldBe(new Dictionary<string, string> { [ServiceLab.Ada.Id] = "viewer" });
        (_lab.Sandbox(workspace.Id).Runtime.InitPid, await _lab.InsideAsync(workspace.Id, "cat file")).ShouldBe((pid, "mine"));
        _lab.Service.Jobs.Of(workspace.Id, 10).ShouldHaveSingleItem().Id.ShouldBe(workspace.Job);
        _lab.Store.FindByLink(ServiceLab.Ada.Id, "one")!.Id.ShouldBe(workspace.Id);
        _lab.Store.FindByLink(ServiceLab.Bob.Id, "from-ada")!.Id.ShouldBe(workspace.Id);

        // The name is Ada's again, and the link then means what she makes of it.
        var second = _lab.Create("one").Workspace;
        _lab.Store.FindByLink(ServiceLab.Ada.Id, "one")!.Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task ADuplicate_BeginsWithTheHome_AndGoesItsOwnWay()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(
            workspace.Id,
            "mkdir -p projects/a; cd projects/a; git init -q; echo mine > file; ln -s file link; chmod 700 file; mkfifo ~/pipe"
        );

        var (copy, job, _) = _lab.Service.Duplicate(workspace.Id, ServiceLab.Bob, "two", null, ServiceLab.Bob.Id);
        await _lab.SucceededAsync(job!);

        (
            await _lab.InsideAsync(copy.Id, "cd projects/a && cat link && stat -c '%a %U' file && git rev-parse --is-inside-work-tree")
        ).ShouldBe("mine\n700 agent\ntrue");
        var made = _lab.Store.Find(copy.Id)!;
        (made.Owner, made.Observed, made.Document.CopyOf, made.Document.Resident.Workspace).ShouldBe(
            (ServiceLab.Bob.Id, WorkspaceState.Running, workspace.Id, copy.Id)
        );
        made.Sandbox.ShouldNotBe(_lab.Store.Find(workspace.Id)!.Sandbox);
        await _lab.InsideAsync(copy.Id, "echo theirs > projects/a/file");
        (await _lab.InsideAsync(workspace.Id, "cat projects/a/file")).ShouldBe("mine");
        _lab.Sandboxes().Count.ShouldBe(2);
    }

    [Fact]
    public async Task ADuplicate_OfOneThatDoesNotRun_IsRefused_AndOneThatWasCutOff_IsMadeByTheNextServer()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "echo mine > file");
        await _lab.SucceededAsync(await _lab.Service.StopAsync(workspace.Id, ServiceLab.Ada.Id, "user"));
        Should
            .Throw<SandboxException>(() => _lab.Service.Duplicate(workspace.Id, ServiceLab.Ada, "two", null, ServiceLab.Ada.Id))
            .Code.ShouldBe("state_conflict");
        await _lab.SucceededAsync(await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id));
        var (copy, job, _) = _lab.Service.Duplicate(workspace.Id, ServiceLab.Ada, "two", null, ServiceLab.Ada.Id);

        // Cut off anywhere: half a home is thrown away and begun anew.
        await _lab.RestartAsync();
        await _lab.SucceededAsync(_lab.Service.Jobs.Find(job!.Id)!);

        (await _lab.InsideAsync(copy.Id, "cat file")).ShouldBe("mine");
        _lab.Sandboxes().Count.ShouldBe(2);
    }

    [Fact]
    public async Task SomebodyWhoLeaves_RunsNothingMore_AndTheirHomesStay()
    {
        var running = await _lab.RunningAsync("one");
        await _lab.InsideAsync(running.Id, "echo mine > file");
        var (begun, job, _) = _lab.Create("two");
        var others = await _lab.RunningAsync("theirs", owner: ServiceLab.Bob);
        _lab.Store.Share(others.Id, ServiceLab.Ada.Id, "collaborator");

        var told = await new WorkspaceLeaving(_lab.Service).EndAsync(ServiceLab.Ada.Id, CancellationToken.None);

        told.ShouldStartWith("1 shares taken back");
        var first = await _lab.WorkspaceAsync(running.Id, now => now.Observed == WorkspaceState.Stopped);
        (first.Desired, first.StopReason).ShouldBe((DesiredState.Stopped, "offboarded"));
        (await _lab.EndOfAsync(job!.Id)).State.ShouldBeOneOf(JobState.Cancelled, JobState.Succeeded);
        await _lab.WorkspaceAsync(begun.Id, now => now is { Observed: WorkspaceState.Stopped, Desired: DesiredState.Stopped });
        await _lab.UntilAsync(() => _lab.Service.Jobs.Active().Count == 0);
        await _lab.Service.LookAsync();
        (_lab.Runs(running.Id), _lab.Runs(begun.Id), _lab.Runs(others.Id)).ShouldBe((false, false, true));
        File.ReadAllText(Path.Combine(_lab.HomeOf(running), "file")).ShouldBe("mine\n");
        _lab.Store.Find(others.Id)!.Shares.ShouldBeEmpty();
    }
}
