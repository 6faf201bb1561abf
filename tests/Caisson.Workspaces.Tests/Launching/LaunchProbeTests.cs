using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Tests.Launching;

public sealed class LaunchProbeTests
{
    private const string Open = """{"name":"interfaces","ok":false,"detail":"eth0"}""";
    private const string Late = """{"name":"connect 1.1.1.1:443","ok":false,"detail":"undecided after 4000 ms"}""";
    private const string Sealed = """{"name":"mounts","ok":true,"detail":"as expected"}""";

    [Theory]
    [InlineData(Late, true)]
    [InlineData($"{Sealed},{Late}", true)]
    [InlineData($"{Late},{Open}", false)]
    [InlineData(Open, false)]
    [InlineData(Sealed, false)]
    public void OnlyWhatFoundNothingOpen_IsProvedASecondTime(string checks, bool again) =>
        LaunchProbe.IsUndecided(Result($$"""{"ok":false,"microseconds":1,"checks":[{{checks}}]}""")).ShouldBe(again);

    [Fact]
    public void AProbeThatSaysNothing_IsRepeatedWhenItsTimeWasUp_AndNotWhenItBroke()
    {
        LaunchProbe.IsUndecided(Result("", timedOut: true)).ShouldBeTrue();
        LaunchProbe.IsUndecided(Result("nonsense")).ShouldBeFalse();
    }

    private static ExecResult Result(string output, bool timedOut = false) =>
        new(1, Encoding.UTF8.GetBytes(output), default, TimeSpan.Zero, timedOut, Truncated: false);
}
