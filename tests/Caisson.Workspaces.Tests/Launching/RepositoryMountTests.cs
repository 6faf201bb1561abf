using System.Text.Json;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Probe;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Tests.Lab;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Tests.Launching;

/// <summary>A mounted repository, attacked from inside: nothing that the host would run can be changed.</summary>
public sealed class RepositoryMountTests : IAsyncDisposable
{
    private const int Owner = 4_321;

    private readonly SandboxLab _lab = new();
    private readonly string _place = Directory.CreateTempSubdirectory("cst-repo-").FullName;
    private readonly TestRepository _repository;

    public RepositoryMountTests()
    {
        _repository = new TestRepository(_place);
        _repository.Write("readme", "hello\n");
        _repository.Write("src/code", "code\n");
        _repository.Commit();
    }

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task FilesAreTheAgentsOwnInside_AndTheRepositoryOwnersOnTheHost()
    {
        if (SandboxLab.IsRoot)
            TestRepository.Run("chown", "-R", $"{Owner}:{Owner}", _repository.Root);
        var (sandbox, _) = await StartAsync();

        (await sandbox.OutputAsync("stat -c '%u:%g' . readme .git .git/config src/code")).ShouldBe(
            "1000:1000\n1000:1000\n1000:1000\n1000:1000\n1000:1000"
        );
        await sandbox.OutputAsync(
            "echo new > new && mkdir dir && echo more >> readme && git add -A && git -c user.name=a -c user.email=a@b commit -qm agent"
        );

        var expected = SandboxLab.IsRoot ? Owner.ToString() : "0";
        TestRepository
            .Run(
                "stat",
                "-c",
                "%u",
                _repository.Path("new"),
                _repository.Path("dir"),
                _repository.Path("readme"),
                _repository.Path(".git/refs/heads/main")
            )
            .ShouldBe($"{expected}\n{expected}\n{expected}\n{expected}\n");
        _repository.Git("log", "--format=%s").ShouldBe("agent\nwork\n");
    }

    [Fact]
    public async Task ARepositoryOfRoot_WorksToo()
    {
        var (sandbox, _) = await StartAsync();
        await sandbox.OutputAsync("echo new > new && git status --porcelain");
        File.ReadAllText(_repository.Path("new")).ShouldBe("new\n");
    }

    [Theory]
    [InlineData(".git/hooks/pre-commit")]
    [InlineData(".git/config")]
    [InlineData(".git/config.worktree")]
    [InlineData(".git/info/attributes")]
    [InlineData(".git/commondir")]
    [InlineData(".husky/pre-commit")]
    [InlineData(".envrc")]
    [InlineData(".vscode/tasks.json")]
    [InlineData(".idea/workspace.xml")]
    [InlineData(".mcp.json")]
    [InlineData(".claude/settings.json")]
    [InlineData(".bashrc")]
    [InlineData("nested/.git/hooks/post-checkout")]
    [InlineData("nested/.git/config")]
    [InlineData("nested/.vscode/tasks.json")]
    [InlineData("sub/.git")]
    [InlineData(".git/modules/sub/config")]
    [InlineData(".git/modules/sub/hooks/post-checkout")]
    [InlineData("scripts/githooks/pre-push")]
    public async Task AProtectedPath_CanNotBeWritten_ByAnyWay(string path)
    {
        var other = new TestRepository(_place, "other");
        other.Write("x", "x");
        other.Commit();
        _repository.Git("submodule", "--quiet", "add", other.Root, "sub");
        _repository.Commit();
        _ = new TestRepository(_repository.Root, "nested");
        _repository.Write("scripts/githooks/pre-push", "#!/bin/sh\n");
        _repository.Git("config", "core.hooksPath", "scripts/githooks");
        var before = Snapshot(path);
        var (sandbox, _) = await StartAsync();

        // Each line tries another way; all may fail in their own words.
        await sandbox.ShellAsync(
            $$"""
            p='{{path}}'
            echo evil > "$p"
            mkdir -p "$(dirname "$p")" && echo evil > "$p"
            echo evil > /workspace/evil && mv -f /workspace/evil "$p"
            echo evil > evil; mv -f evil "$p"
            ln -f evil "$p"; ln -sf /workspace/evil "$p"
            ln "$p" hard && echo evil > hard
            rm -rf "$p"; rm -rf "$(dirname "$p")"; mv "$(dirname "$p")" away && mkdir -p "$(dirname "$p")" && echo evil > "$p"
            mv .git git2 && mkdir -p .git/hooks && echo evil > .git/hooks/pre-commit
            mv nested nested2; mv scripts scripts2; mv sub sub2; mv .git/modules .git/modules2
            ln -sfn /workspace/evil .git
            mount --bind evil "$p"; umount "$p"; umount -l .git/hooks
            python3 -c "import os,sys
            for f in (os.O_WRONLY|os.O_TRUNC, os.O_RDWR, os.O_WRONLY|os.O_CREAT):
                try: os.write(os.open(sys.argv[1], f), b'evil')
                except OSError as e: pass
            try: os.truncate(sys.argv[1], 0)
            except OSError: pass
            try: os.chmod(sys.argv[1], 0o777)
            except OSError: pass" "$p"
            rm -f evil
            """
        );

        Snapshot(path).ShouldBe(before);
        // Files of the repository are the agent's to lose; where git looks is not.
        new DirectoryInfo(_repository.Path(".git")).ShouldSatisfyAllConditions(
            git => git.Exists.ShouldBeTrue(),
            git => git.LinkTarget.ShouldBeNull()
        );
    }

    [Fact]
    public async Task PlaceholdersAreGoneAfterwards_AndTheRepositoryIsAsItWas()
    {
        var before = Listing();
        var (sandbox, state) = await StartAsync();
        Listing().ShouldNotBe(before);
        _repository.Git("status", "--porcelain").ShouldContain(".envrc");
        (await sandbox.OutputAsync("cat .mcp.json; git log --format=%s")).ShouldBe("{}\nwork");
        await sandbox.StopAsync(TimeSpan.Zero, CancellationToken.None);

        RepositoryMount.Release(state).ShouldBeEmpty();

        Listing().ShouldBe(before);
        RepositoryMount.Release(state).ShouldBeEmpty();
    }

    [Fact]
    public async Task UnsafeWritable_OpensExactlyTheNamedPath()
    {
        var (sandbox, state) = await StartAsync(".vscode", ".git/hooks/pre-commit");

        await sandbox.OutputAsync("mkdir -p .vscode && echo ok > .vscode/tasks.json && echo ok > .git/hooks/pre-commit");
        (await sandbox.ShellAsync("echo evil > .git/hooks/pre-push")).ExitCode.ShouldNotBe(0);
        (await sandbox.ShellAsync("echo evil >> .git/config")).ExitCode.ShouldNotBe(0);
        (await sandbox.ShellAsync("mkdir .idea2 && echo evil > .idea/x")).ExitCode.ShouldNotBe(0);
        await sandbox.StopAsync(TimeSpan.Zero, CancellationToken.None);
        RepositoryMount.Release(state).ShouldBeEmpty();

        File.ReadAllText(_repository.Path(".git/hooks/pre-commit")).ShouldBe("ok\n");
        File.ReadAllText(_repository.Path(".vscode/tasks.json")).ShouldBe("ok\n");
    }

    [Fact]
    public async Task RepositoriesThatAgentsMake_AreSetAsideAfterwards()
    {
        var (sandbox, state) = await StartAsync();
        await sandbox.OutputAsync(
            "git init -q made && printf '#!/bin/sh\\ntouch /tmp/owned' > made/.git/hooks/post-checkout && git init -q --bare bare && mkdir w && echo 'gitdir: ../made/.git' > w/.git"
        );
        RepositoryMount.NewRepositories(state).ShouldBe(["bare", "made/.git", "w/.git"], ignoreOrder: true);
        await sandbox.StopAsync(TimeSpan.Zero, CancellationToken.None);

        var notes = RepositoryMount.Release(state);

        notes.Count.ShouldBe(3);
        notes.ShouldAllBe(note => note.Contains("look at them"));
        File.Exists(_repository.Path("made/.git.unreviewed/hooks/post-checkout")).ShouldBeTrue();
        Directory.Exists(_repository.Path("made/.git")).ShouldBeFalse();
        File.Exists(_repository.Path("w/.git")).ShouldBeFalse();
        File.Exists(_repository.Path("bare/HEAD")).ShouldBeFalse();
    }

    [Fact]
    public async Task TheProbe_FindsTheMountsAsPlanned()
    {
        _ = new TestRepository(_repository.Root, "nested");
        var spec = _lab.Spec();
        var mounts = await RepositoryMount.PrepareAsync(await _repository.FindAsync(), [], spec.StateDirectory, CancellationToken.None);
        var sandbox = await _lab.StartAsync(spec with { Mounts = mounts });
        var request = new ProbeRequest
        {
            SandboxId = sandbox.Id,
            Gateway = false,
            WritableMounts =
            [
                "/home/agent",
                "/workspace",
                "/tmp",
                "/run",
                .. mounts.Where(mount => mount.Writable).Select(mount => mount.Target),
            ],
            ReadOnlyMounts = ["/", "/usr", "/etc", .. mounts.Where(mount => !mount.Writable).Select(mount => mount.Target)],
            TimeoutMilliseconds = 5_000,
        };

        var result = await sandbox.Init.ExecAsync(
            new()
            {
                Arguments = ["/opt/caisson/bin/caisson-init", "probe"],
                Input = JsonSerializer.SerializeToUtf8Bytes(request, InitJson.Default.ProbeRequest),
            }
        );

        var report = JsonSerializer.Deserialize(result.Stdout.Span, InitJson.Default.ProbeReport)!;
        report.Checks.Single(check => check.Name == "mounts").ShouldSatisfyAllConditions(check => check.Ok.ShouldBeTrue(check.Detail));
    }

    [Fact]
    public async Task RefusesAProtectedPathThatIsALink()
    {
        Directory.CreateDirectory(_repository.Path("elsewhere"));
        File.CreateSymbolicLink(_repository.Path(".vscode"), "elsewhere");

        var exception = await Should.ThrowAsync<SandboxException>(() => StartAsync());

        exception.Code.ShouldBe("protected_path");
        exception.Message.ShouldContain(".vscode");
        Listing().ShouldNotContain(".envrc");
    }

    [Fact]
    public async Task RefusesASecondMountOfTheSameRepository()
    {
        var (first, state) = await StartAsync();

        (await Should.ThrowAsync<SandboxException>(() => StartAsync())).Message.ShouldContain(first.Id);

        await first.StopAsync(TimeSpan.Zero, CancellationToken.None);
        RepositoryMount.Release(state);
        _ = await StartAsync();
    }

    private async Task<(ISandbox Sandbox, string State)> StartAsync(params string[] unsafeWritable)
    {
        var spec = _lab.Spec();
        var mounts = await RepositoryMount.PrepareAsync(
            await _repository.FindAsync(),
            unsafeWritable,
            spec.StateDirectory,
            CancellationToken.None
        );
        return (await _lab.StartAsync(spec with { Mounts = mounts, WorkingDirectory = "/workspace/project" }), spec.StateDirectory);
    }

    /// <summary>What a reader on the host finds: whether it is there, and its content.</summary>
    private string Snapshot(string path) =>
        (
            File.Exists(_repository.Path(path))
                ? new FileInfo(_repository.Path(path)).LinkTarget ?? File.ReadAllText(_repository.Path(path))
                : ""
        )
            .Replace("{}\n", "")
            .TrimStart('.')
            .Trim();

    private string Listing() =>
        TestRepository
            .Run("find", _repository.Root, "-not", "-path", "*/objects/*", "-printf", "%P %y\n")
            .Split('\n')
            .Order()
            .Aggregate((a, b) => a + "\n" + b);
}
