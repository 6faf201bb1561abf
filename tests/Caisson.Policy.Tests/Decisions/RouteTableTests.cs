using Caisson.Policy.Decisions;
using static Caisson.Policy.Tests.Decisions.Given;

namespace Caisson.Policy.Tests.Decisions;

public sealed class RouteTableTests
{
    [Fact]
    public void Denies_EverythingWithoutRoutes()
    {
        var decision = RouteTable.Empty.Decide(Get("example.org"));
        decision.Verdict.ShouldBe(Verdict.Deny);
        decision.Reason.ShouldBe(Reason.NoRoute);
        decision.Rule.ShouldBe("default");
        decision.Status.ShouldBe(403);
        decision.Message.ShouldContain("example.org");
        decision.NextSteps[0].ShouldBe("Ask the operator to add a route for example.org in the policy.");
        decision.Propose.ShouldBe(new ProposalDraft("route", "example.org", 443, "GET", "/"));
    }

    [Fact]
    public void Allows_TheWholeHostWithoutMatch()
    {
        var route = Route("example.org");
        var decision = route.Decide(Get("example.org", "/a/../b", "DELETE"));
        decision.Verdict.ShouldBe(Verdict.Allow);
        decision.Reason.ShouldBeNull();
        decision.Route.ShouldBeSameAs(route);
        decision.Rule.ShouldBe("routes[0] (base.md:7)");
        decision.ForwardPath.ShouldBe("/a/../b", "a route without path rules forwards the path as sent");
    }

    [Fact]
    public void Names_TheEntryThatDecided()
    {
        var route = Route("example.org", Rule(PathMatch.Prefix, "/a"), Rule(PathMatch.Prefix, "/docs")) with { Label = "routes[2]" };
        route.Decide(Get("example.org", "/docs/x")).Rule.ShouldBe("routes[2].match[1] (base.md:9)");
    }

    [Fact]
    public void Prefers_TheMostSpecificHost()
    {
        var table = RouteTable.Compile([
            Route("**.example.org"),
            Route("*.example.org", Methods("GET")),
            Route("api.example.org", Methods("POST")),
        ]);
        table.Decide(Get("api.example.org")).Verdict.ShouldBe(Verdict.Deny);
        table.Decide(Get("api.example.org", method: "POST")).Verdict.ShouldBe(Verdict.Allow);
        table.Decide(Get("www.example.org", method: "POST")).Verdict.ShouldBe(Verdict.Deny);
        table.Decide(Get("a.b.example.org", method: "POST")).Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public void A_NarrowRoute_LeavesNothingToAWiderOne()
    {
        var table = RouteTable.Compile([Route("**.example.org"), Route("api.example.org") with { Ports = [443] }]);
        table.Decide(Get("api.example.org", port: 80)).Verdict.ShouldBe(Verdict.Deny);
    }

    [Fact]
    public void Deny_BeatsEveryAllow_OfAnyPattern()
    {
        var wide = Route("**.example.org") with { Deny = [Rule(PathMatch.Prefix, "/admin")], Ports = [443] };
        var table = RouteTable.Compile([Route("api.example.org", Rule(PathMatch.Exact, "/admin/x")) with { Ports = [8443] }, wide]);
        var decision = table.Decide(Get("api.example.org", "/admin/x", port: 8443));
        decision.Reason.ShouldBe(Reason.RuleDenied);
        decision.Rule.ShouldBe("routes[1].deny[0] (base.md:9)");
        decision.Propose.ShouldBeNull("what an operator denied in so many words is not offered for a proposal");
    }

    [Theory]
    [InlineData("/admin")]
    [InlineData("/%61dmin")]
    [InlineData("//admin/x")]
    [InlineData("/x/../admin")]
    [InlineData("/x/%2e%2E/admin")]
    [InlineData("/admin;v=1/x")]
    [InlineData("/a/../admin;x")]
    public void Deny_CannotBeSteppedRound(string path)
    {
        var route = Route("example.org") with { Deny = [Rule(PathMatch.Prefix, "/admin")] };
        route.Decide(Get("example.org", path)).Reason.ShouldBe(Reason.RuleDenied);
    }

    [Fact]
    public void Deny_WithMethods_LetsOtherMethodsPass()
    {
        var route = Route("example.org") with { Deny = [Rule(PathMatch.Prefix, "/x", "DELETE")] };
        route.Decide(Get("example.org", "/x", "DELETE")).Verdict.ShouldBe(Verdict.Deny);
        route.Decide(Get("example.org", "/x")).Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public void Names_ThePortsThatAreAllowed()
    {
        var decision = Route("example.org").Decide(Get("example.org", port: 8443));
        decision.Reason.ShouldBe(Reason.NoRoute);
        decision.Message.ShouldContain("not for port 8443. Allowed: ports 80, 443.");
        decision.Propose!.Port.ShouldBe(8443);
    }

    [Fact]
    public void Denies_ALiteralWithoutARouteForIt()
    {
        var table = RouteTable.Compile([Route("**.example.org"), Route("192.0.2.7")]);
        table.Decide(Get("1.1.1.1") with { IsLiteral = true }).Reason.ShouldBe(Reason.RawIp);
        table.Decide(Get("2606:4700::1111")).Reason.ShouldBe(Reason.RawIp);
        table.Decide(Get("192.0.2.7") with { IsLiteral = true }).Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public void Says_WhatIsAllowedOnTheHost_NearestFirst()
    {
        var route = Route("example.org", Rule(PathMatch.Prefix, "/api", "POST"), Rule(PathMatch.Prefix, "/docs", "GET", "HEAD", "OPTIONS"));
        var decision = route.Decide(Get("example.org", "/docs/x", "PUT"));
        decision.Reason.ShouldBe(Reason.RuleDenied);
        decision.Nearest.ShouldBe("GET|HEAD|OPTIONS https://example.org/docs/…");
        decision.NextSteps[0].ShouldContain("POST https://example.org/api/…");
        decision.Propose.ShouldBe(new ProposalDraft("route", "example.org", 443, "PUT", "/docs/x"));
    }

    [Fact]
    public void Points_ToTheHostThatWasProbablyMeant()
    {
        RouteTable.Compile([Route("www.example.org")]).Decide(Get("example.org")).Nearest.ShouldBe("www.example.org");
        RouteTable.Compile([Route("example.org")]).Decide(Get("exmaple.org")).Nearest.ShouldBe("example.org");
        RouteTable.Compile([Route("example.org")]).Decide(Get("another.net")).Nearest.ShouldBeNull();
    }

    [Fact]
    public void Refusals_HoldNoQueryOrHeader()
    {
        var facts = Get("example.org", "/x", query: "?key=SECRETVALUE") with { Headers = [new("x-key", "SECRETVALUE")] };
        foreach (var table in new[] { RouteTable.Empty, RouteTable.Compile([Route("example.org", Rule(PathMatch.Exact, "/y", "GET"))]) })
            table.Decide(facts).ToString().ShouldNotContain("SECRETVALUE");
    }

    [Fact]
    public void Refuses_ToCompileAMalformedHost() => Should.Throw<ArgumentException>(() => RouteTable.Compile([Route("*")]));
}
