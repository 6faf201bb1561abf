using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>A stop lets what runs inside save its work, within a limit. The policy's own time is far shorter here, so that it can't be what helps.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("policies/hasty.md", "---\ndescription: x\nagent: { stop_grace: 1s }\n---\n");
        _lab.Write("templates/default.md", "---\npolicies: [hasty]\nagents: []\n---\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AProgramThatSavesForTwoSeconds_HasSavedItsWork(bool terminal)
    {
        var workspace = await _lab.RunningAsync("one");
        await StartAsync(workspace, "trap 'sleep 2; echo saved > saved; exit' TERM; touch ready; while :; do sleep 0.05; done", terminal);

        await StopAsync(workspace);

        _lab.Runs(workspace.Id).ShouldBeFalse();
        (await SavedAsync(workspace)).ShouldBe("saved\n");
    }

    [Fact]
    public async Task ASaveThatDefendsItselfAgainstSignals_IsLetAlone()
    {
        var workspace = await _lab.RunningAsync("one");
        await StartAsync(
            workspace,
            "trap 'trap \"\" TERM; sleep 1; [ $? = 0 ] && echo saved > saved; exit' TERM; touch ready; while :; do sleep 0.05; done",
            terminal: true
        );

        await StopAsync(workspace);

        (await SavedAsync(workspace)).ShouldBe("saved\n");
    }

    [Fact]
    public async Task AProgramThatIgnoresIt_IsKilledAfterTheLimit()
    {
        _lab.StopGrace = TimeSpan.FromSeconds(2);
        await _lab.RestartAsync();
        var workspace = await _lab.RunningAsync("one");
        await StartAsync(workspace, "trap 'echo asked > saved' TERM HUP; touch ready; while :; do sleep 0.05; done", terminal: false);

        await StopAsync(workspace);

        _lab.Runs(workspace.Id).ShouldBeFalse();
        (await SavedAsync(workspace)).ShouldBe("asked\n");
    }

    [Fact]
    public async Task APolicysLongerTime_Holds()
    {
        _lab.StopGrace = TimeSpan.FromSeconds(1);
        await _lab.RestartAsync();
        _lab.Write("policies/hasty.md", "---\ndescription: x\nagent: { stop_grace: 60s }\n---\n");
        var workspace = await _lab.RunningAsync("one");
        await StartAsync(
            workspace,
            "trap 'sleep 2; echo saved > saved; exit' TERM; touch ready; while :; do sleep 0.05; done",
            terminal: false
        );

        await StopAsync(workspace);

        (await SavedAsync(workspace)).ShouldBe("saved\n");
    }

    private async Task StopAsync(WorkspaceRecord workspace) =>
        await _lab.SucceededAsync(await _lab.Service.StopAsync(workspace.Id, ServiceLab.Ada.Id, "user"));

    private Task<string> SavedAsync(WorkspaceRecord workspace) => File.ReadAllTextAsync(Path.Combine(_lab.HomeOf(workspace), "saved"));

    /// <summary>Returns when the script has made the file <c>ready</c>.</summary>
    private async Task StartAsync(WorkspaceRecord workspace, string script, bool terminal)
    {
        await _lab.Sandbox(workspace.Id)
            .Init.StartAsync(
                new StartRequest
                {
                    Arguments = ["bash", "-c", script],
                    WorkingDirectory = SandboxEnvironment.Home,
                    Terminal = terminal ? new TerminalSize(80, 24) : null,
                }
            );
        await _lab.InsideAsync(workspace.Id, "until [ -e ready ]; do sleep 0.02; done");
    }
}
