using Caisson.Workspaces.Terminals;

namespace Caisson.Workspaces.Tests.Terminals;

public sealed class MemoryAdmissionTests
{
    private const long MiB = 1 << 20;
    private readonly MemoryAdmission admission = new();

    [Fact]
    public void Above80Percent_NoTerminalIsStarted_UntilItIsBelow70()
    {
        Refuses(800).ShouldBeFalse();
        Refuses(801).ShouldBeTrue();
        Refuses(750).ShouldBeTrue();
        Refuses(700).ShouldBeTrue();
        Refuses(699).ShouldBeFalse();
        Refuses(750).ShouldBeFalse();
    }

    [Fact]
    public void EachStartUnderWay_CountsAs256MiB()
    {
        Refuses(500, starting: 1).ShouldBeFalse();
        Refuses(500, starting: 2).ShouldBeTrue();
    }

    [Fact]
    public void AnotherWorkspace_IsNotConcerned()
    {
        Refuses(900).ShouldBeTrue();
        admission.Look("other", 100 * MiB, 1000 * MiB, 0).Refuses.ShouldBeFalse();
    }

    [Fact]
    public void WithoutFigures_ItSaysSo_AndRefusesNothing()
    {
        var unknown = admission.Look("w", 0, 1000 * MiB, 9);

        (unknown.IsKnown, unknown.Refuses, unknown.Used).ShouldBe((false, false, null));
    }

    private bool Refuses(long used, int starting = 0) => admission.Look("w", used * MiB, 1000 * MiB, starting).Refuses;
}
