using Caisson.Cli.Serving;

namespace Caisson.Cli.Tests.Serving;

public sealed class HomeFindingsTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101;

    private readonly string _home = Directory.CreateTempSubdirectory("cc-home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void ATidyHome_HasNone_AndNeitherHasOneThatIsNotThere()
    {
        HomeFindings.Of(_home, listening: false).ShouldBeEmpty();
        HomeFindings.Of("/nowhere/at/all", listening: false).ShouldBeEmpty();
    }

    [Fact]
    public void LooseModes_AreNamed_AndNarrowedOnlyWhenAsked()
    {
        var keys = Directory.CreateDirectory(Path.Combine(_home, "keys")).FullName;
        var key = Path.Combine(keys, "master.key");
        File.WriteAllText(key, "");
        File.SetUnixFileMode(_home, Open);
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var repairs = HomeFindings.Of(_home, listening: false);

        repairs.Select(repair => repair.Finding.Fix).ShouldBe([$"chmod 0700 {_home}", $"chmod 0400 {key}"]);
        File.GetUnixFileMode(_home).ShouldBe(Open);
        foreach (var repair in repairs)
            repair.Do();
        HomeFindings.Of(_home, listening: false).ShouldBeEmpty();
        File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead);
    }

    [Fact]
    public void ASocketThatNobodyListensOn_IsStale_AndOneInUseIsLeftAlone()
    {
        var socket = Path.Combine(_home, "caisson.sock");
        File.WriteAllText(socket, "");
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        HomeFindings.Of(_home, listening: true).ShouldBeEmpty();

        var repair = HomeFindings.Of(_home, listening: false).ShouldHaveSingleItem();
        repair.Finding.Code.ShouldBe("socket.stale");
        repair.Do();
        File.Exists(socket).ShouldBeFalse();
    }
}
