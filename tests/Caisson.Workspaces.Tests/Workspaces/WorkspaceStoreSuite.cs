using System.Data.Common;
using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>What has to hold on SQLite and on PostgreSQL alike.</summary>
public abstract class WorkspaceStoreSuite(DatabaseLab lab) : WorkspaceLab(lab)
{
    [Fact]
    public void AWorkspace_IsReadAsItWasWritten_AndEachChangeRaisesItsVersion()
    {
        var written = Add("w-a");

        var read = Workspaces.Find("w-a")!;
        var renamed = Workspaces.Change("w-a", workspace => workspace with { Title = "Ühr" })!;

        (read with { Document = written.Document, Health = written.Health, Shares = written.Shares }).ShouldBe(written);
        read.Document.Resident.StartIn.ShouldBe("/home/agent");
        (renamed.Version, renamed.Title).ShouldBe((2, "Ühr"));
    }

    [Fact]
    public void AChangeThatTheTableDoesNotHave_IsRefused_AndChangesNothing()
    {
        Add("w-a");

        Should.Throw<InvalidOperationException>(() =>
            Workspaces.Change("w-a", workspace => workspace with { Observed = WorkspaceState.Archived })
        );

        Workspaces.Find("w-a")!.Observed.ShouldBe(WorkspaceState.Queued);
    }

    [Fact]
    public void AName_IsUniqueForItsOwnerOnly_AndFreeAgainAfterDeletion()
    {
        Add("w-a", "u-1", "same");
        Add("w-b", "u-2", "same");

        Should.Throw<DbException>(() => Add("w-c", "u-1", "same"));
        Workspaces.Change(
            "w-a",
            workspace => workspace with { Observed = WorkspaceState.Deleted, Deleted = TimeProvider.System.GetUtcNow() }
        );
        Add("w-c", "u-1", "same");

        Workspaces.List("u-1", null, null, null, 10).Items.Select(workspace => workspace.Id).ShouldBe(["w-c"]);
    }

    [Fact]
    public void AList_HasOnesOwnAndWhatIsShared_AndFindsTextsWithWildcards()
    {
        Add("w-a", "u-1", "mine");
        Add("w-b", "u-2", "theirs");
        Add("w-c", "u-2", "hidden");
        Workspaces.Share("w-b", "u-1", "viewer");
        Workspaces.Change("w-a", workspace => workspace with { Title = "100%_sure" });

        Names(Workspaces.List("u-1", null, null, null, 10)).ShouldBe(["mine", "theirs"]);
        Names(Workspaces.List(null, null, null, null, 10)).ShouldBe(["hidden", "mine", "theirs"]);
        Names(Workspaces.List(null, null, "100%_", null, 10)).ShouldBe(["mine"]);
        Workspaces.List(null, null, "%", null, 10).Total.ShouldBe(1);
    }

    [Fact]
    public void Pages_ShowEachOnce()
    {
        foreach (var number in Enumerable.Range(0, 7))
            Add($"w-{number}");
        var seen = new List<string>();
        (string, string)? after = null;
        while (Workspaces.List(null, null, null, after, 3).Items is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(workspace => workspace.Id));
            after = (Storage.Timestamp.Format(page[^1].Created), page[^1].Id);
        }

        seen.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 7).Select(number => $"w-{number}"));
    }

    [Fact]
    public void AJob_KeepsItsStepsInOrder_AndTheirProgress()
    {
        var job = AddJob("j-a", Add("w-a"));

        Jobs.ChangeStep("j-a", "gateway", step => step with { State = StepState.Failed, Attempts = 2, Message = "no", Fix = "do" });

        var read = Jobs.Find("j-a")!;
        read.Steps.Select(step => step.Name).ShouldBe(job.Steps.Select(step => step.Name));
        read.Steps.Single(step => step.State != StepState.Pending)
            .ShouldBe(new JobStep("gateway", job.Steps[2].Title, StepState.Failed, null, null, 2, "no", "do"));
        Jobs.Active().Single().Id.ShouldBe("j-a");
    }

    [Fact]
    public void Events_RiseWithTheChanges_AndAreThereForTheNextServer()
    {
        var workspace = Add("w-a");
        var first = Events.Last;
        AddJob("j-a", workspace);
        Workspaces.Share("w-a", "u-2", "viewer");

        var news = Events.Since(first)!;

        news.Select(one => (one.Type, one.Object, one.Workspace))
            .ShouldBe([("job.changed", "j-a", "w-a"), ("workspace.changed", "w-a", "w-a")]);
        news[1].Id.ShouldBeGreaterThan(news[0].Id);
        new EventStream(Database, TimeProvider.System).Since(first).ShouldBe(news);
        Events.Since(Events.Last + 1).ShouldBeNull();
    }

    [Fact]
    public void AList_ShowsEachChange_AlsoAnotherServers_AndNeverOneThatWasTakenBack()
    {
        Add("w-a");
        Workspaces.Find("w-a")!.Title.ShouldBe("w-a");

        Should.Throw<InvalidOperationException>(() =>
            Events.Do<int>(
                (connection, transaction, added) =>
                {
                    WorkspaceStore.Change(connection, transaction, added, "w-a", workspace => workspace with { Title = "never" });
                    throw new InvalidOperationException("taken back");
                }
            )
        );
        // The same version as the one that was taken back, with another content.
        using var database = Open();
        new WorkspaceStore(database, new EventStream(database, TimeProvider.System), Time).Change(
            "w-a",
            workspace => workspace with { Title = "by another" }
        );

        (Workspaces.Find("w-a")!.Title, Workspaces.Find("w-a")!.Version).ShouldBe(("by another", 2));
        Workspaces.Share("w-a", "u-2", "viewer");
        Workspaces.List("u-2", null, null, null, 10).Items.ShouldHaveSingleItem().Shares.Keys.ShouldBe(["u-2"]);
        Workspaces.Share("w-a", "u-2", null);
        Workspaces.Find("w-a")!.Shares.ShouldBeEmpty();
        Workspaces.List("u-2", null, null, null, 10).Total.ShouldBe(0);
    }

    [Fact]
    public async Task ReadersOfEvents_DoNotWaitForAWriter()
    {
        Add("w-a");
        var last = Events.Last;
        using var reading = new ManualResetEventSlim();
        using var read = new ManualResetEventSlim();
        var writer = Task.Run(() =>
            Events.Do(
                (_, _, added) =>
                {
                    reading.Set();
                    added.Add(new NewEvent("notice", "server", null, null));
                    return read.Wait(TimeSpan.FromMinutes(1));
                }
            )
        );
        reading.Wait(TestContext.Current.CancellationToken);

        var seen = await Task.Run(() => (Events.Last, Events.Since(last)!.Count)).WaitAsync(TestContext.Current.CancellationToken);
        var next = Events.WaitAsync(last, TestContext.Current.CancellationToken);
        read.Set();

        seen.ShouldBe((last, 0));
        (await writer).ShouldBeTrue();
        await next;
        Events.Since(last)!.Single().Type.ShouldBe("notice");
    }

    [Fact]
    public void AnEvent_IsNotThere_WhenItsChangeFailed()
    {
        var before = Events.Last;

        Should.Throw<InvalidOperationException>(() =>
            Events.Do<int>(
                (_, _, added) =>
                {
                    added.Add(new NewEvent("notice", "x", null, null));
                    throw new InvalidOperationException();
                }
            )
        );

        Events.Last.ShouldBe(before);
        Events.Since(before).ShouldBe([]);
    }

    private static IEnumerable<string> Names((IReadOnlyList<WorkspaceRecord> Items, long Total) list) =>
        list.Items.Select(workspace => workspace.Name).Order(StringComparer.Ordinal);
}

public sealed class SqliteWorkspaceTests(SqliteLab lab) : WorkspaceStoreSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresWorkspaceTests(PostgresLab lab) : WorkspaceStoreSuite(lab), IClassFixture<PostgresLab>;
