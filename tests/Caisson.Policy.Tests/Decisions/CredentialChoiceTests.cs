using Caisson.Policy.Decisions;
using static Caisson.Policy.Tests.Decisions.Given;

namespace Caisson.Policy.Tests.Decisions;

public sealed class CredentialChoiceTests
{
    [Theory]
    [InlineData("/repos/mine/x", "GET", "mine")]
    [InlineData("/repos/mine", "POST", "mine")]
    [InlineData("/repos/other", "GET", "all")]
    [InlineData("/repos/other", "POST", "writer")]
    [InlineData("/repos/exact", "GET", "exact")]
    [InlineData("/else", "GET", "fallback")]
    public void TheMostSpecificEntry_Decides(string path, string method, string credential)
    {
        var route = Route(
            "example.org",
            Rule(PathMatch.Prefix, "/"),
            Rule(PathMatch.Prefix, "/repos") with
            {
                Credential = "all",
            },
            Rule(PathMatch.Prefix, "/repos", "POST") with
            {
                Credential = "writer",
            },
            Rule(PathMatch.Prefix, "/repos/mine") with
            {
                Credential = "mine",
            },
            Rule(PathMatch.Exact, "/repos/exact") with
            {
                Credential = "exact",
            }
        ) with
        {
            Credential = "fallback",
        };
        route.Decide(Get("example.org", path, method)).Credential.ShouldBe(credential);
    }

    [Fact]
    public void ADenial_NamesNoCredential() =>
        (Route("example.org", Methods("POST")) with { Credential = "x" }).Decide(Get("example.org")).Credential.ShouldBeNull();

    [Fact]
    public void EqualEntries_WithDifferentCredentials_AreAConflict()
    {
        Conflict(Rule(PathMatch.Prefix, "/a") with { Credential = "one" }, Rule(PathMatch.Prefix, "/a") with { Credential = "two" })
            .ShouldBeTrue();
        Conflict(Methods("GET") with { Credential = "one" }, Methods("GET", "POST") with { Credential = "two" }).ShouldBeTrue();
        Conflict(Rule(PathMatch.Regex, "/a.*") with { Credential = "one" }, Rule(PathMatch.Regex, "/.*b") with { Credential = "two" })
            .ShouldBeTrue();
        Conflict(Rule(PathMatch.Glob, "/a/*/c") with { Credential = "one" }, Rule(PathMatch.Glob, "/*/b/c") with { Credential = "two" })
            .ShouldBeTrue();
    }

    [Fact]
    public void EntriesThatCannotMeet_AreNoConflict()
    {
        Conflict(Rule(PathMatch.Prefix, "/a") with { Credential = "one" }, Rule(PathMatch.Prefix, "/b") with { Credential = "two" })
            .ShouldBeFalse();
        Conflict(Methods("GET") with { Credential = "one" }, Methods("POST") with { Credential = "two" }).ShouldBeFalse();
        Conflict(Rule(PathMatch.Glob, "/a/*") with { Credential = "one" }, Rule(PathMatch.Glob, "/b/*") with { Credential = "two" })
            .ShouldBeFalse();
        Conflict(Rule(PathMatch.Prefix, "/a") with { Credential = "one" }, Rule(PathMatch.Prefix, "/a") with { Credential = "one" })
            .ShouldBeFalse();
    }

    [Fact]
    public void Compile_RefusesAConflict() =>
        Should.Throw<ArgumentException>(() =>
            RouteTable.Compile([
                Route("example.org", Methods("GET") with { Credential = "one" }, Methods("GET") with { Credential = "two" }),
            ])
        );

    private static bool Conflict(MatchRule one, MatchRule two) => CredentialChoice.Conflict(Route("example.org", one, two)) is not null;
}
