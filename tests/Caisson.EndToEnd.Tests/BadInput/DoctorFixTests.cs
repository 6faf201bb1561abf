using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.BadInput;

/// <summary><c>caisson doctor --fix</c> mends what is harmless, once somebody has said so.</summary>
public sealed class DoctorFixTests
{
    private const UnixFileMode Loose = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Narrow = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Theory]
    [InlineData("n", "Nothing was changed", Loose)]
    [InlineData("y", "mended 1", Narrow)]
    public async Task Asks_AndDoesWhatIsAnswered(string answer, string said, UnixFileMode after)
    {
        await using var home = new BareHome();
        var token = home.Write("token", "x");
        File.SetUnixFileMode(home.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(token, Loose);
        await using var screen = await Screen.StartAsync(home.Describe("doctor", "--fix"));

        (await screen.WaitForAsync(text => text.Contains("[y/N]", StringComparison.Ordinal), "Enter")).ShouldContain($"chmod 0600 {token}");
        await screen.WaitForAsync(text => text.Contains(said, StringComparison.Ordinal), answer, "Enter");
        await screen.WaitForAsync(text => text.Contains("ENDED", StringComparison.Ordinal));

        File.GetUnixFileMode(token).ShouldBe(after);
    }

    [Fact]
    public async Task ChangesNothing_WhereNobodyCanBeAsked()
    {
        await using var home = new BareHome();
        var token = home.Write("token", "x");
        File.SetUnixFileMode(token, Loose);

        var outcome = await home.RunAsync("doctor", "--fix");

        outcome.Code.ShouldBe(2);
        outcome.Error.ShouldContain("caisson doctor --fix --yes");
        File.GetUnixFileMode(token).ShouldBe(Loose);
    }
}
