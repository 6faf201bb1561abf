using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;
using Caisson.Sandboxes.Tests.Lab;
using Caisson.Workspaces.Repositories;

namespace Caisson.Workspaces.Tests.Repositories;

/// <summary>A repository's way into a real sandbox and back, with the real git on both sides.</summary>
public sealed class RepositoryProvisioningTests : IAsyncDisposable
{
    private readonly SandboxLab _lab = new();
    private readonly string _place = Directory.CreateTempSubdirectory("cst-repo-").FullName;
    private readonly TestRepository _repository;
    private ISandbox _sandbox = null!;

    public RepositoryProvisioningTests() => _repository = new TestRepository(_place);

    private string Marker => Path.Combine(_place, "ran-on-the-host");

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task Clone_HasAllBranchesTagsAndTheSameBranch()
    {
        Commit("one", "1");
        _repository.Git("tag", "v1");
        _repository.Git("branch", "other");
        _repository.Git("checkout", "-q", "-b", "feature/x");
        Commit("two", "2");
        _repository.Git("remote", "add", "origin", "https://user:p%40ss@example.org/team/project.git");

        await CloneAsync();

        (
            await Inside(
                "git branch --format='%(refname:short)'; git tag; git symbolic-ref --short HEAD; git log --format=%s; git status --porcelain; git remote get-url origin; ls"
            )
        ).ShouldBe("feature/x\nmain\nother\nv1\nfeature/x\ntwo\none\nhttps://example.org/team/project.git\none\ntwo");
        (await Inside("git rev-parse HEAD")).ShouldBe(_repository.Git("rev-parse", "HEAD").Trim());
        (await Inside("stat -c %u . one .git; ls -A /workspace")).ShouldBe("1000\n1000\n1000\nproject");
    }

    [Fact]
    public async Task Clone_OfADetachedHead_StaysDetached()
    {
        Commit("one", "1");
        Commit("two", "2");
        _repository.Git("checkout", "-q", "--detach", "HEAD~1");
        await CloneAsync();
        (await Inside("git rev-parse --abbrev-ref HEAD; git log --format=%s; ls")).ShouldBe("HEAD\none\none");
    }

    [Fact]
    public async Task Clone_WithoutCommits_IsEmptyOnTheSameBranch()
    {
        _repository.Git("checkout", "-q", "-b", "start");
        var tree = await CloneAsync();
        (await Inside("git symbolic-ref --short HEAD; git status --porcelain; echo hello > new")).ShouldBe("start");
        (await DiffAsync(tree)).ShouldContain("+hello");
    }

    [Fact]
    public async Task Copy_HasTheWorkingTree_WithoutIgnoredAndEnvironmentFiles()
    {
        _repository.Write(".gitignore", "ignored/\n*.log\n");
        _repository.Write("changed", "old\n");
        _repository.Write("deleted", "x\n");
        _repository.Write("staged-away", "x\n");
        _repository.Commit();
        _repository.Write("changed", "new\n");
        _repository.Write("ignored/secret", "x");
        _repository.Write("a.log", "x");
        _repository.Write(".env", "TOKEN=x");
        _repository.Write("deep/.env.local", "TOKEN=x");
        _repository.Write("untracked/file", "u\n");
        _repository.Write("-dash", "d\n");
        _repository.Write("new\nline \"quoted\" ü", "n\n");
        _repository.Write("run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(_repository.Path("run.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(_repository.Path("link"), "/etc/passwd");
        File.Delete(_repository.Path("deleted"));
        _repository.Git("rm", "-q", "staged-away");
        _repository.Write("staged", "s\n");
        _repository.Git("add", "staged");

        var tree = await CopyAsync();

        (
            await Inside(
                "cat changed staged untracked/file ./-dash 'new\nline \"quoted\" ü'; readlink link; stat -c %a run.sh; ls -A | grep -vc git"
            )
        ).ShouldBe("new\ns\nu\nd\nn\n/etc/passwd\n755\n8");
        (await Inside("find . -name '.env*' -o -name '*.log' -o -name ignored -o -name deleted -o -name staged-away")).ShouldBeEmpty();
        (await DiffAsync(tree)).ShouldBeEmpty();
    }

    [Fact]
    public async Task NothingOfTheHostRuns_OnTheWayInAndBack()
    {
        _repository.Write(".gitattributes", "*.bin filter=mark diff=mark merge=mark\n");
        _repository.Write("a.bin", "one\n");
        _repository.Commit();
        var script = _repository.Path(".git/mark.sh");
        File.WriteAllText(script, $"#!/bin/sh\necho \"$0 $*\" >> {Marker}\ncat\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        foreach (
            var key in new[]
            {
                "filter.mark.clean",
                "filter.mark.smudge",
                "diff.mark.command",
                "diff.mark.textconv",
                "core.fsmonitor",
                "core.pager",
                "core.sshCommand",
                "core.editor",
            }
        )
            _repository.Git("config", key, script);
        _repository.Git("config", "filter.mark.required", "true");
        foreach (
            var hook in new[]
            {
                "post-checkout",
                "pre-commit",
                "applypatch-msg",
                "post-index-change",
                "reference-transaction",
                "post-applypatch",
            }
        )
            File.Copy(script, _repository.Path($".git/hooks/{hook}"), overwrite: true);
        File.Delete(Marker);
        _repository.Write("a.bin", "two\n");
        _repository.Write("b.bin", "new\n");

        var tree = await CopyAsync();
        await Inside("echo three > a.bin; echo more > c.bin");
        await PatchApplication.ApplyAsync(_repository.Root, await DiffAsync(tree), includeProtected: false, CancellationToken.None);

        File.Exists(Marker).ShouldBeFalse(File.Exists(Marker) ? File.ReadAllText(Marker) : null);
        File.ReadAllText(_repository.Path("a.bin")).ShouldBe("three\n");
        // The marker works: git without our care does run it.
        TestRepository.Run("git", "-C", _repository.Root, "diff", "--stat");
        File.Exists(Marker).ShouldBeTrue();
    }

    [Fact]
    public async Task WorkComesBack_WithBinaryFilesModesLinksDeletionsAndOddNames()
    {
        _repository.Write("text", "a\nb\nc\n");
        _repository.Write("gone", "x\n");
        _repository.Write(".gitattributes", "*.crlf text eol=crlf\n");
        _repository.Write("dos.crlf", "one\r\ntwo\r\n");
        _repository.Commit();
        var tree = await CloneAsync();
        await Inside(
            "sed -i s/b/B/ text; rm gone; head -c 100000 /dev/urandom > bin; chmod +x text; ln -s text link; echo x > $'odd\\n\"name\\' ü'; echo y > ./-d; printf 'one\\r\\nTWO\\r\\n' > dos.crlf; mkdir -p deep/er; echo z > deep/er/z; git add -A; git -c user.name=a -c user.email=a@b commit -qm done; echo later >> text"
        );

        var files = await PatchApplication.ApplyAsync(
            _repository.Root,
            await DiffAsync(tree),
            includeProtected: false,
            CancellationToken.None
        );

        files.ShouldContain("odd\n\"name' ü");
        File.ReadAllText(_repository.Path("text")).ShouldBe("a\nB\nc\nlater\n");
        File.GetUnixFileMode(_repository.Path("text")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        File.Exists(_repository.Path("gone")).ShouldBeFalse();
        new FileInfo(_repository.Path("link")).LinkTarget.ShouldBe("text");
        new FileInfo(_repository.Path("bin")).Length.ShouldBe(100_000);
        File.ReadAllText(_repository.Path("-d")).ShouldBe("y\n");
        File.ReadAllText(_repository.Path("deep/er/z")).ShouldBe("z\n");
        File.ReadAllText(_repository.Path("dos.crlf")).ShouldBe("one\r\nTWO\r\n");
        _repository.Git("diff", "--cached", "--name-only").ShouldBeEmpty();
    }

    [Fact]
    public async Task AHugeFile_Travels()
    {
        _repository.Write("small", "x\n");
        _repository.Commit();
        TestRepository.Run("dd", "if=/dev/urandom", $"of={_repository.Path("huge")}", "bs=1M", "count=96", "status=none");
        await CopyAsync();
        (await Inside("sha256sum < huge")).ShouldBe(TestRepository.Run("sha256sum", _repository.Path("huge")).Split(' ')[0] + "  -");
    }

    [Fact]
    public async Task Clone_OfARepositoryWithSubmodules_LeavesThemToBeFetchedInside()
    {
        var other = new TestRepository(_place, "other");
        other.Write("x", "x");
        other.Commit();
        _repository.Git("submodule", "--quiet", "add", other.Root, "sub");
        _repository.Commit();
        var tree = await CopyAsync();
        (await Inside("git submodule status | cut -c1; ls sub | wc -l")).ShouldBe("-\n0");
        (await DiffAsync(tree)).ShouldBeEmpty();
    }

    private void Commit(string file, string content)
    {
        _repository.Write(file, content);
        _repository.Commit(file);
    }

    private async Task<string> CloneAsync() => await (await ProvisioningAsync()).CloneAsync(CancellationToken.None);

    private async Task<string> CopyAsync() => await (await ProvisioningAsync()).CopyAsync(CancellationToken.None);

    private async Task<RepositoryProvisioning> ProvisioningAsync()
    {
        _sandbox = await _lab.StartAsync();
        return new RepositoryProvisioning(await _repository.FindAsync(), _sandbox.Init);
    }

    private Task<string> Inside(string script) => _sandbox.OutputAsync("cd /workspace/project && " + script);

    private async Task<string> DiffAsync(string tree)
    {
        var git = new InsideGit(_sandbox.Init, "/workspace/project");
        return await git.DiffAsync(tree, await git.SnapshotAsync(CancellationToken.None), CancellationToken.None);
    }
}
