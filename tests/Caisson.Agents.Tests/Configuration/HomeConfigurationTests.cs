using Caisson.Agents.Configuration;

namespace Caisson.Agents.Tests.Configuration;

public sealed class HomeConfigurationTests : IDisposable
{
    private static readonly AgentFile File = new(
        ".agent/settings.json",
        FileFormat.Json,
        [Setting.Owned(true, "done"), Setting.Default("dark", "theme")]
    );
    private readonly string home = Directory.CreateTempSubdirectory("caisson-home-").FullName;
    private string Settings => Path.Combine(home, ".agent/settings.json");

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task WritesPrivateFiles_AndListsItsKeys()
    {
        var made = new List<string>();

        (await ApplyAsync(made.Add)).ShouldBeEmpty();

        System.IO.File.GetUnixFileMode(Settings).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System
            .IO.File.GetUnixFileMode(Path.Combine(home, ".agent"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var managed = await System.IO.File.ReadAllTextAsync(Path.Combine(home, ManagedKeys.Path));
        managed.ReplaceLineEndings("").Replace(" ", "").ShouldBe("""{".agent/settings.json":["done"]}""");
        made.ShouldContain(Path.Combine(home, ".agent"));
        made.Count.ShouldBe(4);
        Directory.GetFiles(home, "*", SearchOption.AllDirectories).Length.ShouldBe(2);
    }

    [Fact]
    public async Task WritesNothing_TheSecondTime()
    {
        await ApplyAsync();
        var made = new List<string>();

        await ApplyAsync(made.Add);

        made.ShouldBeEmpty();
    }

    [Fact]
    public async Task SetsABrokenFileAside_AndSaysSo()
    {
        Directory.CreateDirectory(Path.Combine(home, ".agent"));
        await System.IO.File.WriteAllTextAsync(Settings, "{ broken");

        var notes = await ApplyAsync();

        var aside = Directory.GetFiles(Path.Combine(home, ".agent"), "settings.json.broken-*").ShouldHaveSingleItem();
        (await System.IO.File.ReadAllTextAsync(aside)).ShouldBe("{ broken");
        (await System.IO.File.ReadAllTextAsync(Settings)).ShouldBe(File.InitialContent);
        notes.ShouldHaveSingleItem().ShouldContain(Path.GetFileName(aside));
    }

    [Theory]
    [InlineData(".agent", "/tmp")]
    [InlineData(".agent/settings.json", "/etc/passwd")]
    public async Task FollowsNoLink(string link, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(home, link))!);
        System.IO.File.CreateSymbolicLink(Path.Combine(home, link), target);

        (await Should.ThrowAsync<IOException>(() => ApplyAsync())).Message.ShouldContain("symbolic link");
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    public async Task StaysInTheHome(string path) =>
        await Should.ThrowAsync<ArgumentException>(() => new DirectoryHome(home).WriteAsync(path, "", CancellationToken.None));

    private Task<IReadOnlyList<string>> ApplyAsync(Action<string>? created = null) =>
        HomeConfiguration.ApplyAsync(ManagedKeys.With(File), new DirectoryHome(home, created), TimeProvider.System, CancellationToken.None);
}
