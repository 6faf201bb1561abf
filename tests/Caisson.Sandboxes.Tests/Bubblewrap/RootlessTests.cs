using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Bubblewrap;

/// <summary>The driver needs no root: the same tests hold for a user without privileges.</summary>
public sealed class RootlessTests
{
    public static bool IsRoot => SandboxLab.IsRoot;

    [Theory(Skip = "needs root to hand cgroups over to another user", SkipUnless = nameof(IsRoot))]
    [InlineData("Bubblewrap.IsolationTests")]
    [InlineData("Bubblewrap.LifecycleTests")]
    [InlineData("Limits.LimitTests")]
    public async Task HoldsForAnUnprivilegedUser(string tests)
    {
        using var user = new Unprivileged();

        var (code, output) = await user.RunAsync(delegated: true, tests);

        code.ShouldBe(0, output);
        output.ShouldContain("Failed: 0");
        output.ShouldNotContain("Total: 0");
    }

    [Fact(Skip = "needs root to become another user", SkipUnless = nameof(IsRoot))]
    public async Task RefusesTheLaunch_WhenNoCgroupWasHandedOver()
    {
        using var user = new Unprivileged();

        var (code, output) = await user.RunAsync(delegated: false, "Bubblewrap.IsolationTests");

        code.ShouldNotBe(0);
        output.ShouldContain("Limits on processor, memory and processes can't be enforced");
    }
}
