using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>Workspaces that are stopped with the server.</summary>
public sealed class ServerStopTests : IAsyncLifetime
{
    private ServiceLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await ServiceLab.StartAsync();

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Fact]
    public async Task WhatDoesNotEndInTime_IsNamed_AndTheNextServerStopsIt_AndTakesItForNoCrash()
    {
        var workspace = await lab.RunningAsync("one");

        (await lab.Services.StopSandboxesAsync(TimeSpan.Zero)).ShouldHaveSingleItem().ShouldContain("one");

        await lab.RestartAsync();
        var stopped = await lab.WorkspaceAsync(workspace.Id, now => now.Observed == WorkspaceState.Stopped);
        (stopped.Desired, stopped.StopReason).ShouldBe((DesiredState.Stopped, WorkspaceService.WithServer));
        lab.Service.Sandbox(stopped).ShouldBeNull();
    }

    [Fact]
    public async Task AJobThatIsUnderWay_KeepsItsWish_AndTheNextServerGoesOn()
    {
        var workspace = await lab.RunningAsync("one");
        lab.Service.Pause();
        var job = await lab.Service.RestartAsync(workspace.Id, "u-ada");

        (await lab.Services.StopSandboxesAsync(TimeSpan.FromMinutes(1))).ShouldBeEmpty();

        lab.Store.Find(workspace.Id)!.Desired.ShouldBe(DesiredState.Running);
        await lab.RestartAsync();
        await lab.SucceededAsync(lab.Service.Jobs.Find(job.Id)!);
        lab.Store.Find(workspace.Id)!.Observed.ShouldBe(WorkspaceState.Running);
    }
}
