namespace Caisson.Cli.Tests.Access;

public sealed class AuthVerbTests
{
    [Theory]
    [InlineData("--admin")]
    [InlineData("--reason", "because")]
    public async Task AnAdminLink_NeedsBothTheWordAndTheReason(params string[] options)
    {
        var (code, output, words) = await CapturedConsole.RunAsync(["auth", "link", .. options]);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        words.ShouldContain("--admin and --reason TEXT go together");
    }
}
