using Caisson.Sandboxes.Limits;

namespace Caisson.Sandboxes.Tests.Limits;

public sealed class DelegatedScopeTests : IDisposable
{
    private const string Controllers = "sys/fs/cgroup/cgroup.controllers";
    private const string Systemd = "run/systemd/system/.";
    private const string Program = "usr/bin/systemd-run";
    private const string UserManager = "run/user/1000/systemd/private";
    private readonly string _root = Directory.CreateTempSubdirectory("scope-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(false, "/usr/bin/systemd-run --user --scope --quiet --collect -p Delegate=yes --")]
    [InlineData(true, "/usr/bin/systemd-run --scope --quiet --collect -p Delegate=yes --")]
    public void AsksTheManagerOfWhoStartsIt(bool isRoot, string expected)
    {
        Make(Controllers, Systemd, Program, UserManager);

        string.Join(' ', DelegatedScope.Prefix(_root, isRoot, "/run/user/1000")).ShouldBe(expected);
    }

    [Theory]
    [InlineData(Systemd, Program, UserManager)] // cgroups of version 1
    [InlineData(Controllers, Program, UserManager)] // a container without systemd
    [InlineData(Controllers, Systemd, UserManager)]
    [InlineData(Controllers, Systemd, Program)] // no session of the user
    public void StartsTheServerAsItIs_WhereAnythingIsMissing(params string[] there)
    {
        Make(there);

        DelegatedScope.Prefix(_root, isRoot: false, "/run/user/1000").ShouldBeEmpty();
    }

    [Fact]
    public void StartsTheServerAsItIs_WithoutARuntimeDirectory()
    {
        Make(Controllers, Systemd, Program, UserManager);

        DelegatedScope.Prefix(_root, isRoot: false, runtimeDirectory: null).ShouldBeEmpty();
    }

    private void Make(params string[] paths)
    {
        foreach (var path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
            if (!path.EndsWith('.'))
                File.WriteAllText(Path.Combine(_root, path), "");
        }
    }
}
