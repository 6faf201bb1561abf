using Caisson.Api;
using Caisson.Sandboxes;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Planning;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>What a plan says beside the launch: how large, and whether there is room.</summary>
public sealed class PlanTests : IAsyncLifetime
{
    private const long GiB = 1L << 30;
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync() => _lab = await ServiceLab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Theory]
    [InlineData(2, 4, 20, "small")]
    [InlineData(2.5, 4, 20, "medium")]
    [InlineData(1, 5, 20, "medium")]
    [InlineData(1, 1, 21, "medium")]
    [InlineData(4, 16, 100, "medium")]
    [InlineData(4, 16, 101, "large")]
    [InlineData(5, 1, 1, "large")]
    public void TheCostIs_ThatOfTheLargestLimit(double cpus, long memory, long disk, string cost) =>
        CostClass.Of(new SandboxLimits(cpus, memory * GiB, 64, disk * GiB, 1024)).ShouldBe(cost);

    [Fact]
    public async Task APlan_SaysCostAndWhatIsLeft_AndMakesNothing()
    {
        _lab.Write("templates/default.md", "---\nagents: []\nlimits: { memory: 5GiB }\n---\n");
        _lab.Write("templates/slow.md", "---\npolicies: [slow]\nagents: []\nrepositories: [https://slow.example/tools.git]\n---\n");
        var free = await PlanAsync();
        _lab.Create("one", "slow");
        using var held = await _lab.Slow.AskedAsync();

        var busy = await PlanAsync();

        (busy.Cost, busy.Plan.Limits.Any(line => line.Contains("memory 5120 MiB", StringComparison.Ordinal))).ShouldBe(("medium", true));
        busy.Quota.Select(one => (one.Name, one.Unit)).ShouldBe([("starts", "jobs"), ("memory", "bytes"), ("disk", "bytes")]);
        busy.Quota.ShouldAllBe(one => one.Left >= 0 && one.Left <= one.Of && one.Of > 0);
        (free.Quota[0].Left, busy.Quota[0].Left).ShouldBe((JobRunner.DefaultLimit, JobRunner.DefaultLimit - 1));
        _lab.Store.Unfinished().ShouldHaveSingleItem().Name.ShouldBe("one");
        _lab.Sandboxes().ShouldHaveSingleItem();
    }

    private Task<Caisson.Workspaces.Workspaces.WorkspacePlan> PlanAsync() =>
        _lab.Service.PlanAsync(ServiceLab.Ada, "default", new NewWorkspaceRequest { Template = "default" }, CancellationToken.None);
}
