using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Tests.Repositories;

/// <summary>Patches as a hostile sandbox could write them.</summary>
public sealed class PatchApplicationTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("cst-patch-").FullName;
    private readonly TestRepository _repository;

    public PatchApplicationTests()
    {
        _repository = new TestRepository(_place);
        _repository.Write("file", "one\n");
        _repository.Write("second", "two\n");
        _repository.Commit();
        Directory.CreateSymbolicLink(_repository.Path("out"), _place);
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData(".git/hooks/pre-commit")]
    [InlineData(".GIT/config")]
    [InlineData("sub/.git/config")]
    [InlineData(".husky/pre-commit")]
    [InlineData(".envrc")]
    [InlineData("deep/.envrc")]
    [InlineData(".vscode/tasks.json")]
    [InlineData("app/.idea/x.xml")]
    [InlineData(".mcp.json")]
    [InlineData(".claude/settings.json")]
    [InlineData(".claude")]
    [InlineData(".bashrc")]
    public async Task RefusesAProtectedPath_AndAppliesNothing(string path)
    {
        var exception = await RefusedAsync(New("harmless") + New(path));
        exception.Code.ShouldBe("protected_path");
        exception.Message.ShouldContain(path);
        exception.Fix.ShouldNotBeNull().ShouldContain("--include-protected");
        Nothing();
    }

    [Fact]
    public async Task AppliesAProtectedPath_WhenAsked()
    {
        await PatchApplication.ApplyAsync(_repository.Root, New(".vscode/tasks.json"), includeProtected: true, CancellationToken.None);
        File.ReadAllText(_repository.Path(".vscode/tasks.json")).ShouldBe("evil\n");
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("a/../../escaped")]
    [InlineData("/tmp/escaped")]
    [InlineData("out/escaped")]
    public async Task RefusesToLeaveTheRepository_EvenWhenProtectedPathsAreIncluded(string path)
    {
        foreach (var include in new[] { false, true })
            await Should.ThrowAsync<SandboxException>(() =>
                PatchApplication.ApplyAsync(_repository.Root, New("harmless") + New(path), include, CancellationToken.None)
            );
        Nothing();
        File.Exists(Path.Combine(_place, "escaped")).ShouldBeFalse();
        File.Exists("/tmp/escaped").ShouldBeFalse();
    }

    [Fact]
    public async Task NeverWritesIntoGitsOwnDirectory()
    {
        await Should.ThrowAsync<SandboxException>(() =>
            PatchApplication.ApplyAsync(_repository.Root, New(".git/hooks/pre-commit"), includeProtected: true, CancellationToken.None)
        );
        File.Exists(_repository.Path(".git/hooks/pre-commit")).ShouldBeFalse();
    }

    [Fact]
    public async Task RefusesALinkAndAFileBehindIt()
    {
        var link =
            "diff --git a/way b/way\nnew file mode 120000\n--- /dev/null\n+++ b/way\n@@ -0,0 +1 @@\n+..\n\\ No newline at end of file\n";
        await RefusedAsync(link + New("way/escaped"));
        Nothing();
        File.Exists(Path.Combine(_place, "escaped")).ShouldBeFalse();
    }

    [Fact]
    public async Task RefusesRenamesAndCopies()
    {
        const string rename = "diff --git a/file b/.envrc\nsimilarity index 100%\nrename from file\nrename to .envrc\n";
        (await RefusedAsync(rename)).Code.ShouldBe("patch_invalid");
        (await RefusedAsync(rename.Replace("rename", "copy"))).Code.ShouldBe("patch_invalid");
    }

    [Fact]
    public async Task AppliesAllOrNothing()
    {
        var patch = New("harmless") + "diff --git a/second b/second\n--- a/second\n+++ b/second\n@@ -1 +1 @@\n-not what is there\n+three\n";
        (await RefusedAsync(patch)).Code.ShouldBe("patch_conflict");
        Nothing();
    }

    [Fact]
    public async Task RefusesWhatIsNoPatch() => (await RefusedAsync("hello\n")).Code.ShouldBe("patch_invalid");

    [Fact]
    public async Task ReturnsNothing_ForAnEmptyPatch() =>
        (await PatchApplication.ApplyAsync(_repository.Root, "", includeProtected: false, CancellationToken.None)).ShouldBeEmpty();

    [Theory]
    [InlineData("https://user:pass@example.org/a.git", "https://example.org/a.git")]
    [InlineData("https://ghp_token@example.org/a.git", "https://example.org/a.git")]
    [InlineData("https://user:pa ss@example.org/a@b.git", "https://example.org/a@b.git")]
    [InlineData("https://user:pa/ss@example.org/a.git", "https://example.org/a.git")]
    [InlineData("https://example.org/a@b.git", "https://example.org/a@b.git")]
    [InlineData("https://example.org:8443/a.git", "https://example.org:8443/a.git")]
    [InlineData("ssh://git:secret@example.org:22/a.git", "ssh://git@example.org:22/a.git")]
    [InlineData("git@example.org:team/a.git", "git@example.org:team/a.git")]
    [InlineData("/srv/a.git", "/srv/a.git")]
    public void ARemotesUrl_LosesItsSecret(string url, string expected) => HostRepository.WithoutSecret(url).ShouldBe(expected);

    private async Task<SandboxException> RefusedAsync(string patch) =>
        await Should.ThrowAsync<SandboxException>(() =>
            PatchApplication.ApplyAsync(_repository.Root, patch, includeProtected: false, CancellationToken.None)
        );

    private void Nothing() => _repository.Git("status", "--porcelain").ShouldBe("?? out\n");

    private static string New(string path) =>
        $"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+evil\n";
}
