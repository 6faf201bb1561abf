using System.Text.Json;
using Caisson.Server.Endpoints;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Tests.Endpoints;

/// <summary>What a deletion would lose, as it is told to who may see files and to who may not.</summary>
public sealed class DeletionNamesTests
{
    private static readonly WorkSurvey Survey = new(
        DateTimeOffset.UnixEpoch,
        [new RepositoryWork("~/projects/secret", 2, ["1a2b3c4 secret plan"], 1, [" M secret.txt"], 3)],
        ["~/secret.md"],
        true
    );

    [Fact]
    public void WhoMayNotSeeFiles_GetsNumbers_AndNoName()
    {
        var told = WorkspaceViews.Unsaved(Survey, inside: false).ShouldHaveSingleItem();

        (told.Unpushed, told.Changed, told.Stashes).ShouldBe((2, 1, 3));
        JsonSerializer.Serialize(told).ShouldNotContain("secret");
    }

    [Fact]
    public void WhoMaySeeFiles_GetsTheNames()
    {
        var told = WorkspaceViews.Unsaved(Survey, inside: true).ShouldHaveSingleItem();

        (told.Path, told.Commits.Single(), told.Files.Single()).ShouldBe(("~/projects/secret", "1a2b3c4 secret plan", " M secret.txt"));
    }
}
