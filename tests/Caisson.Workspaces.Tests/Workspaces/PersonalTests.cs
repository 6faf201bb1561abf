using Caisson.Api;
using Caisson.Policy.Manifest;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>What a person brings along: setup.sh, dotfiles; and what the workspace does when they break.</summary>
public sealed class PersonalTests : IAsyncLifetime
{
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\n---\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task SetupSh_RunsAtAStart_AndAFailureLeavesAWorkspaceThatIsDegraded_UntilARetry()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "mkdir -p .caisson; echo 'echo begun; date > ran; exit 3' > .caisson/setup.sh");

        var job = await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));

        job.Steps.Single(step => step.Name == "setup").State.ShouldBe(StepState.Failed);
        _lab.Log(job).ShouldContain("setup: begun");
        var degraded = _lab.Store.Find(workspace.Id)!;
        (degraded.Observed, HealthFinding.StateOf(degraded.Health), degraded.Health.Single().Code).ShouldBe(
            (WorkspaceState.Running, "degraded", "setup_failed")
        );
        (await _lab.InsideAsync(workspace.Id, "echo 'echo mended' > .caisson/setup.sh; ls ran")).ShouldBe("ran");

        var pid = _lab.Sandbox(workspace.Id).Runtime.InitPid;
        await _lab.SucceededAsync(_lab.Service.Retry(job.Id, scratch: false, keep: false));
        _lab.Sandbox(workspace.Id).Runtime.InitPid.ShouldBe(pid, "a retry of what is inside restarts nothing");
        _lab.Store.Find(workspace.Id)!.Health.ShouldBeEmpty();
    }

    [Fact]
    public async Task Dotfiles_ThatThePolicyDoesNotAllow_LeaveAWorkspaceThatIsDegraded()
    {
        var owner = ServiceLab.Ada with { Dotfiles = "https://dots.example/ada.git" };
        var (workspace, job, _) = _lab.Create("one", owner: owner);

        var ended = await _lab.SucceededAsync(job!);

        ended.Steps.Single(step => step.Name == "dotfiles").State.ShouldBe(StepState.Failed);
        _lab.Log(ended).ShouldContain("refused by the gateway: GET dots.example:443/ada.git/info/refs: no_route");
        var degraded = _lab.Store.Find(workspace.Id)!;
        (degraded.Observed, degraded.Health.Single().Code).ShouldBe((WorkspaceState.Running, "dotfiles_failed"));
    }

    [Fact]
    public async Task Dotfiles_AreInstalledOnce_ByTheirScript_OrLinkedWhereNothingIs()
    {
        var owner = ServiceLab.Ada with { Dotfiles = "https://dots.example/ada.git" };
        var workspace = await _lab.RunningAsync("one", owner: owner);
        // As if the policy had allowed the clone.
        await _lab.InsideAsync(
            workspace.Id,
            "git init -q .dotfiles; echo 'set ic' > .dotfiles/.vimrc; echo mine > .profile; echo theirs > .dotfiles/.profile"
        );
        await _lab.SucceededAsync(_lab.Service.Retry(workspace.Job!, scratch: false, keep: false));
        (await _lab.InsideAsync(workspace.Id, "cat .vimrc .profile; readlink .vimrc")).ShouldBe("set ic\nmine\n.dotfiles/.vimrc");
        _lab.Store.Find(workspace.Id)!.Health.ShouldBeEmpty();

        await _lab.InsideAsync(workspace.Id, "rm .dotfiles/.git/caisson-installed; echo 'echo x >> ~/count' > .dotfiles/install.sh");
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        (await _lab.InsideAsync(workspace.Id, "cat count")).ShouldBe("x");
    }

    [Fact]
    public void NoDotfiles_CanBeAskedFor()
    {
        var owner = ServiceLab.Ada with { Dotfiles = "https://dots.example/ada.git" };

        _lab.Create("one", owner: owner).Workspace.Document.Dotfiles.ShouldBe(owner.Dotfiles);
        _lab.Service.Create(
                owner,
                owner.Id,
                new NewWorkspaceRequest
                {
                    Template = "default",
                    Name = "two",
                    Dotfiles = "",
                },
                null
            )
            .Workspace.Document.Dotfiles.ShouldBeNull();
    }

    [Fact]
    public async Task ALoginOfAForge_IsAnsweredWithWords_AndAllElseReachesTheRealProgram()
    {
        var workspace = await _lab.RunningAsync("one");

        var refused = await _lab.InsideAsync(workspace.Id, "gh auth login </dev/null 2>&1; echo $?");
        refused.ShouldContain("credentials stay with Caisson's gateway");
        refused.ShouldEndWith("\n1");
        (await _lab.InsideAsync(workspace.Id, "gh --version")).ShouldStartWith("gh version");

        await _lab.InsideAsync(workspace.Id, "rm .local/bin/gh; touch .local/bin/.gh");
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        (await _lab.InsideAsync(workspace.Id, "command -v gh")).ShouldBe("/usr/bin/gh");
    }

    [Fact]
    public async Task ATemplate_HasMoreRecordedThanItsPolicies_AndNeverLess()
    {
        _lab.Write("policies/filmed.md", "---\ndescription: Test\nrecording: on\n---\n");
        _lab.Write("templates/more.md", "---\nagents: []\nrecording: required\n---\n");
        _lab.Write("templates/less.md", "---\nagents: []\npolicies: [filmed]\nrecording: off\n---\n");

        async Task<RecordingMode> OfAsync(string template) =>
            _lab.Services.Terminals.Place((await _lab.RunningAsync(template, template)).Id)!.Recording;
        (await OfAsync("more")).ShouldBe(RecordingMode.Required);
        (await OfAsync("less")).ShouldBe(RecordingMode.On);
        (await OfAsync("default")).ShouldBe(RecordingMode.Off);
    }

    [Fact]
    public async Task AStartFolderThatIsNotThere_IsTold_AndTerminalsBeginInProjects()
    {
        _lab.Write("templates/lost.md", "---\nagents: []\nstart_in: ~/projects/gone\n---\n");
        var workspace = await _lab.RunningAsync("one", "lost");

        workspace.Health.Single().Code.ShouldBe("start_in_missing");
        _lab.Services.Terminals.Place(workspace.Id)!.Directory.ShouldBe("/home/agent/projects");
        await _lab.InsideAsync(workspace.Id, "cd projects && mkdir gone");
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        _lab.Store.Find(workspace.Id)!.Health.ShouldBeEmpty();
        _lab.Services.Terminals.Place(workspace.Id)!.Directory.ShouldBe("/home/agent/projects/gone");
    }

    [Fact]
    public async Task TheGitIdentity_IsThePersons_AndTheirsToChange()
    {
        var workspace = await _lab.RunningAsync("one");
        (await _lab.InsideAsync(workspace.Id, "git config --global user.name; git config --global user.email")).ShouldBe(
            "Ada\nada@example.org"
        );

        await _lab.InsideAsync(workspace.Id, "git config --global user.name 'Ada L.'");
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        (await _lab.InsideAsync(workspace.Id, "git config --global user.name")).ShouldBe("Ada L.");
    }
}
