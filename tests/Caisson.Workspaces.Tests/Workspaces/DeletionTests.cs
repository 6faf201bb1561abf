using Caisson.Sandboxes;
using Caisson.Workspaces.Workspaces;
using Dapper;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>What a deletion keeps, for how long, and what people are told before it.</summary>
public sealed class DeletionTests : IAsyncLifetime
{
    private const string Git = "git -c user.name=a -c user.email=a@b";
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\nprojects: [app]\n---\n");
        _lab.Write("templates/app/README", "hello\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task BeforeADeletion_WorkThatIsNowhereElseIsListed_AlsoOfOneThatHasStopped()
    {
        var workspace = await _lab.RunningAsync("one");
        (await PreviewAsync(workspace)).Work!.IsEmpty.ShouldBeTrue("what the template brought is not the person's work");

        await _lab.InsideAsync(
            workspace.Id,
            $"""
            cd ~/projects/app && echo more > file && {Git} add file && {Git} commit -qm 'work $(date)' && echo x > new && echo y >> README
            {Git} init -q --bare /tmp/far && {Git} init -q -b main ~/projects/saved && cd ~/projects/saved
            echo a > a && {Git} add a && {Git} commit -qm a && git remote add origin /tmp/far && git push -q origin main
            echo notes > ~/notes.txt; mkdir ~/projects/loose
            """
        );
        var live = (await PreviewAsync(workspace)).Work!;

        var repository = live.Repositories.ShouldHaveSingleItem();
        (repository.Path, repository.Unpushed, repository.Changed, repository.Stashes).ShouldBe(("~/projects/app", 1, 2, 0));
        repository.Commits.ShouldHaveSingleItem().ShouldEndWith(" work $(date)");
        repository.Files.ShouldBe([" M README", "?? new"], ignoreOrder: true);
        live.Loose.ShouldBe(["~/notes.txt", "~/projects/loose"]);
        live.Complete.ShouldBeTrue();

        await _lab.SucceededAsync(await _lab.Service.StopAsync(workspace.Id, ServiceLab.Ada.Id, "user"));
        var preview = await PreviewAsync(workspace);
        var kept = preview.Work!.Repositories.Single();
        (kept.Path, kept.Unpushed, kept.Changed, kept.Files.Count).ShouldBe(("~/projects/app", 1, 2, 2));
        preview.KeptUntil!.Value.ShouldBe(_lab.Time.GetUtcNow() + TimeSpan.FromDays(7), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task ARepositoryThatSetsTraps_IsAskedInside_AndWhatItSaysIsText()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(
            workspace.Id,
            $"""
            cd ~/projects/app && git config core.fsmonitor 'touch /tmp/ran' && git config core.pager 'touch /tmp/ran'
            printf 'x' > "$(printf 'a\033[2Jb')" && {Git} commit -q --allow-empty -m "$(printf 'red \033[31m')"
            rm -f /tmp/ran; mkdir -p ~/projects/broken/.git && echo nonsense > ~/projects/broken/.git/config
            """
        );

        var work = (await PreviewAsync(workspace)).Work!;

        work.Complete.ShouldBeFalse("one could not be read");
        string.Concat(work.Repositories.SelectMany(repository => repository.Commits.Concat(repository.Files))).ShouldNotContain('\u001b');
        (await _lab.InsideAsync(workspace.Id, "ls /tmp/ran 2>/dev/null; true")).ShouldBe("");
    }

    [Fact]
    public async Task ADeletedOne_ComesBackWithItsHome_UnderAnotherNameWhenItsOwnIsTaken()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "echo mine > file");
        await _lab.SucceededAsync(await _lab.Service.DeleteAsync(workspace.Id, ServiceLab.Ada.Id));
        var listed = _lab.Store.List(ServiceLab.Ada.Id, null, null, null, 10, deleted: true).Items.ShouldHaveSingleItem();
        (listed.Id, _lab.Store.List(ServiceLab.Ada.Id, null, null, null, 10).Total).ShouldBe((workspace.Id, 0));
        _lab.Create("one").Existing.ShouldBeFalse();

        Should.Throw<SandboxException>(() => _lab.Service.Restore(workspace.Id, ServiceLab.Ada.Id)).Code.ShouldBe("name_taken");
        var restored = _lab.Service.Restore(workspace.Id, ServiceLab.Ada.Id, "one-before");

        (restored.Name, restored.Observed, restored.Desired).ShouldBe(("one-before", WorkspaceState.Stopped, DesiredState.Stopped));
        await _lab.SucceededAsync(await _lab.Service.StartAsync(workspace.Id, ServiceLab.Ada.Id));
        (await _lab.InsideAsync(workspace.Id, "cat file")).ShouldBe("mine");
    }

    [Fact]
    public async Task AHome_GoesWhenItsTimeHasCome_AndNotBefore()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.SucceededAsync(await _lab.Service.DeleteAsync(workspace.Id, ServiceLab.Ada.Id));
        var home = _lab.HomeOf(_lab.Store.Find(workspace.Id)!);

        _lab.Time.Advance(TimeSpan.FromDays(6));
        await _lab.Service.LookAsync();
        Directory.Exists(home).ShouldBeTrue();
        _lab.Time.Advance(TimeSpan.FromDays(2));
        await _lab.LookUntilAsync(() => _lab.Store.Find(workspace.Id)!.Sandbox is null);

        Directory.Exists(home).ShouldBeFalse();
        Should.Throw<SandboxException>(() => _lab.Service.Restore(workspace.Id, ServiceLab.Ada.Id)).Code.ShouldBe("home_gone");
        _lab.Store.List(ServiceLab.Ada.Id, null, null, null, 10, deleted: true).Total.ShouldBe(0);
    }

    [Fact]
    public async Task WhereHomesAreNotKept_ADeletionTakesItAlong_AndSaysSoBefore()
    {
        var workspace = await _lab.RunningAsync("one");
        _lab.HomeKept = TimeSpan.Zero;
        await _lab.RestartAsync();

        (await PreviewAsync(workspace)).KeptUntil.ShouldBeNull();
        await _lab.SucceededAsync(await _lab.Service.DeleteAsync(workspace.Id, ServiceLab.Ada.Id));

        _lab.Sandboxes().ShouldBeEmpty();
        _lab.Store.Find(workspace.Id)!.Sandbox.ShouldBeNull();
        await _lab.RestartAsync();
        Count("events").ShouldBe(0, "what was logged of it goes, too");
    }

    private long Count(string table) =>
        _lab.Services.Database.Read(
            (connection, transaction) => connection.ExecuteScalar<long>($"SELECT count(*) FROM {table}", transaction: transaction)
        );

    private Task<DeletionPreview> PreviewAsync(WorkspaceRecord workspace) =>
        _lab.Service.PreviewDeletionAsync(_lab.Store.Find(workspace.Id)!, CancellationToken.None);
}
