using Caisson.Server.Endpoints;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Tests.Api;

public sealed class WorkspaceSearchTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void EveryTerm_Narrows()
    {
        var search = Read("owner:me status:failed,stopped template:course outdated:true idle:>2d why:budget first \"two words\"");

        search.BadTerms.ShouldBeEmpty();
        var filter = search.Filter;
        filter.Owner.ShouldBe("u-me");
        filter.States.ShouldBe([WorkspaceState.Failed, WorkspaceState.Stopped]);
        filter.Template.ShouldBe("course");
        filter.Outdated.ShouldBe(true);
        filter.Hashes["course"].ShouldBe("sha256:2");
        filter.UsedBefore.ShouldBe(Now.AddDays(-2));
        filter.Why.ShouldBe("budget");
        filter.Words.ShouldBe(["first", "two words"]);
    }

    [Theory]
    [InlineData("idle:<3h", 3)]
    [InlineData("idle:<90m", 1.5)]
    [InlineData("idle:<1w", 168)]
    public void Idle_HasUnits(string text, double hours) => Read(text).Filter.UsedAfter.ShouldBe(Now.AddHours(-hours));

    [Theory]
    [InlineData("status:faild", 0, "'faild' is no state; did you mean failed?")]
    [InlineData("x status:on", 2, "'on' is no state; known: queued")]
    [InlineData("a b stats:failed", 4, "'stats' is no key; did you mean status?")]
    [InlineData("outdated:maybe", 0, "'maybe' is neither true nor false")]
    [InlineData("idle:2d", 0, "'2d' is no length of time")]
    [InlineData("idle:>999999w", 0, "is no length of time")]
    [InlineData("owner:", 0, "owner: has no value")]
    public void ABadTerm_IsToldWithItsPlace_AndNarrowsNothing(string text, int position, string reason)
    {
        var search = Read(text);
        var bad = search.BadTerms.ShouldHaveSingleItem();
        bad.Position.ShouldBe(position);
        text[position..].ShouldStartWith(bad.Term);
        bad.Reason.ShouldContain(reason);
        (search.Filter with { Words = [] }).ShouldBe(
            new WorkspaceFilter
            {
                Words = [],
                Hashes = search.Filter.Hashes,
                States = search.Filter.States,
            }
        );
        search.Filter.States.ShouldBeEmpty();
    }

    [Fact]
    public void TwentyTerms_AreTheMost()
    {
        Read(string.Join(' ', Enumerable.Repeat("a", 20))).BadTerms.ShouldBeEmpty();
        Read(string.Join(' ', Enumerable.Repeat("a", 21))).BadTerms.ShouldHaveSingleItem().Position.ShouldBe(40);
    }

    private static WorkspaceSearch Read(string text) =>
        WorkspaceSearch.Read(text, "u-me", () => new Dictionary<string, string> { ["course"] = "sha256:2" }, Now);
}
