namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>A template's project changes after it was copied.</summary>
public sealed class NewerTemplateTests : IAsyncLifetime
{
    private const string Git = "git -C projects/app -c user.name=a -c user.email=a@b";
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\nprojects: [app]\n---\n");
        _lab.Write("templates/app/README", "one\n");
        _lab.Write("templates/app/.gitignore", "*.log\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task ItsNewVersion_IsABranchThatCanBeMerged_AndTheWorkIsNotTouched()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(
            workspace.Id,
            $"echo mine > projects/app/own; {Git} add -A; {Git} commit -qm mine; echo half > projects/app/open"
        );
        _lab.Write("templates/app/README", "two\n");
        _lab.Write("templates/app/kept.log", "from the template\n");

        var job = await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));

        var branch = (
            await _lab.InsideAsync(workspace.Id, $"{Git} branch --list 'template/*' --format '%(refname:short)'")
        ).ShouldNotBeNull();
        branch.ShouldMatch("^template/[0-9a-f]{12}$");
        _lab.Log(job).ShouldContain($"what it has now is the branch {branch}");
        (
            await _lab.InsideAsync(
                workspace.Id,
                $"cat projects/app/README projects/app/open; {Git} status --porcelain; {Git} branch --show-current"
            )
        ).ShouldBe("one\nhalf\n?? open\nmain");
        await _lab.InsideAsync(workspace.Id, $"{Git} merge -q -m merged {branch}");
        (await _lab.InsideAsync(workspace.Id, "cd projects/app; cat README own kept.log; ls -A ~/projects")).ShouldBe(
            "two\nmine\nfrom the template\napp"
        );

        // What came from the template needs no saving: the one commit of the person's and the merge do.
        var work = (await _lab.Service.PreviewDeletionAsync(_lab.Store.Find(workspace.Id)!, CancellationToken.None)).Work!;
        work.Repositories.Single().Unpushed.ShouldBe(2);

        var again = await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));
        _lab.Log(again).ShouldContain("~/projects/app is there already");
    }

    [Fact]
    public async Task AFolderOfTheUsersOwn_GetsNoBranch()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "rm -rf projects/app; git init -q projects/app");
        _lab.Write("templates/app/README", "two\n");

        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));

        (await _lab.InsideAsync(workspace.Id, $"{Git} branch --list --all; ls projects/app")).ShouldBe("");
    }
}
