using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Tests.Connection;

public sealed class VersionDifferenceTests
{
    [Theory]
    [InlineData("0.1.0", "0.1.9")]
    [InlineData("0.1.0", "0.2.0")]
    [InlineData("1.4.0-beta.2", "1.3.0")]
    public void UpToOneMinorVersion_IsFine(string own, string server) => Should.NotThrow(() => VersionDifference.Check(own, server));

    [Fact]
    public void AnotherMajorVersion_IsAnErrorWithItsRemedy()
    {
        var failure = Should.Throw<CommandFailure>(() => VersionDifference.Check("1.0.0", "2.0.0"));
        failure.ExitCode.ShouldBe(3);
        failure.Message.ShouldContain("1.0.0");
        failure.Message.ShouldContain("2.0.0");
        failure.Fix.ShouldNotBeNull();
    }

    [Fact]
    public void AnUnreadableVersion_IsNoReasonToStop() => Should.NotThrow(() => VersionDifference.Check("1.0.0", "next"));
}
