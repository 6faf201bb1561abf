using Caisson.Sandboxes;
using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>Where links with an owner and a name lead, on both databases.</summary>
public abstract class WorkspaceNamesSuite(DatabaseLab lab) : WorkspaceLab(lab)
{
    [Fact]
    public void ALinkWithAnEarlierName_LeadsOnForThirtyDays()
    {
        Rename(Add("w-a", name: "first"), "second");
        Workspaces.FindByLink("u-1", "first")!.Id.ShouldBe("w-a");
        Workspaces.FindByLink("u-1", "second")!.Id.ShouldBe("w-a");
        Workspaces.FindByLink("u-2", "first").ShouldBeNull();

        Time.Advance(TimeSpan.FromDays(29));
        Workspaces.FindByLink("u-1", "first").ShouldNotBeNull();
        Time.Advance(TimeSpan.FromDays(2));
        Workspaces.FindByLink("u-1", "first").ShouldBeNull();
    }

    [Fact]
    public void ANameThatIsTakenAgain_MeansWhatHasItNow_AndThenTheLastThatHadIt()
    {
        Rename(Add("w-a", name: "first"), "second");
        var other = Add("w-b", name: "first");
        Workspaces.FindByLink("u-1", "first")!.Id.ShouldBe("w-b");

        Rename(other, "third");
        Workspaces.FindByLink("u-1", "first")!.Id.ShouldBe("w-b");
        Workspaces.FindByLink("u-1", "second")!.Id.ShouldBe("w-a");
    }

    [Fact]
    public void WhatIsDeleted_IsNotFoundByALink()
    {
        var workspace = Rename(Add("w-a", name: "first"), "second");
        Workspaces.Change(workspace.Id, now => now with { Observed = WorkspaceState.Deleted, Deleted = Time.GetUtcNow() });

        Workspaces.FindByLink("u-1", "first").ShouldBeNull();
        Workspaces.FindByLink("u-1", "second").ShouldBeNull();
    }

    [Fact]
    public void WhatIsSavedNowhereElse_IsKeptWithTheWorkspace()
    {
        var work = new WorkSurvey(Time.GetUtcNow(), [new RepositoryWork("~/projects/app", 2, ["a b"], 1, ["?? c"], 0)], ["~/d"], true);
        Add("w-a");
        Workspaces.Change("w-a", now => now with { Work = work });

        var kept = Workspaces.Find("w-a")!.Work!;
        (kept.Taken, kept.Complete, kept.Loose.Single()).ShouldBe((work.Taken, true, "~/d"));
        (kept.Repositories.Single().Unpushed, kept.Repositories.Single().Files.Single()).ShouldBe((2, "?? c"));
    }

    private WorkspaceRecord Rename(WorkspaceRecord workspace, string name) =>
        Events.Do(
            (connection, transaction, added) =>
            {
                Workspaces.KeepLink(connection, transaction, workspace);
                return WorkspaceStore.Change(connection, transaction, added, workspace.Id, now => now with { Name = name })!;
            }
        );
}

public sealed class SqliteWorkspaceNamesTests(SqliteLab lab) : WorkspaceNamesSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresWorkspaceNamesTests(PostgresLab lab) : WorkspaceNamesSuite(lab), IClassFixture<PostgresLab>;
