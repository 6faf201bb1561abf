using Caisson.Policy.Composition;
using Caisson.Policy.Decisions;
using Caisson.Policy.Tests.Decisions;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Composition;

public sealed class ProviderRouteTests
{
    private static readonly Route Claude = new()
    {
        Host = "api.anthropic.com",
        Ports = [443],
        Credential = "anthropic",
        Label = "claude",
        Origin = new Origin(Layer.AgentProvider, "claude"),
    };

    [Fact]
    public void TheProvidersRoute_IsAppended()
    {
        var policy = Text.Effective("routes: [{ host: example.org }]").WithProviderRoutes([Claude]);
        policy.Routes.Select(route => route.Host).ShouldBe(["example.org", "api.anthropic.com"]);
        policy.Shadowed.ShouldBeEmpty();
        policy.Compile().Decide(Given.Get("api.anthropic.com")).Rule.ShouldBe("claude (claude)");
    }

    [Fact]
    public void AClaimedHost_TakesTheProvidersRoute_AndThePolicysDenials()
    {
        var policy = Text.Effective(
                "routes: [{ host: api.anthropic.com, match: [{ methods: [GET] }], deny: [{ paths: [{ type: prefix, value: /v1/files }] }] }]"
            )
            .WithProviderRoutes([Claude]);
        var table = policy.Compile();
        table.Decide(Given.Get("api.anthropic.com", "/v1/messages", "POST")).Credential.ShouldBe("anthropic");
        table.Decide(Given.Get("api.anthropic.com", "/v1/files", "POST")).Rule.ShouldContain("p0.md:2");
        table.Decide(Given.Get("api.anthropic.com", "/v1/files", "POST")).Verdict.ShouldBe(Verdict.Deny);
        policy.Shadowed.ShouldHaveSingleItem().ShouldContain("routes[0] for api.anthropic.com (p0.md:2)");
    }

    [Fact]
    public void AWiderDenyOfThePolicy_HoldsForTheProvidersHostToo()
    {
        var policy = Text.Effective("routes: [{ host: '**.anthropic.com', deny: [{ methods: [DELETE] }] }]").WithProviderRoutes([Claude]);
        policy.Compile().Decide(Given.Get("api.anthropic.com", method: "DELETE")).Verdict.ShouldBe(Verdict.Deny);
    }

    [Fact]
    public void TheAgentsCredential_IsCheckedOnceTheRoutesAreKnown()
    {
        const string Yaml =
            "agent: { credential: anthropic }\ncredentials: { anthropic: { env: A, scheme: bearer, bind: [{ host: HOST }] } }";
        var fits = Text.Effective(Yaml.Replace("HOST", "api.anthropic.com", StringComparison.Ordinal));
        PolicyComposer.Warnings(fits.WithProviderRoutes([Claude])).ShouldBeEmpty();
        var wide = Text.Effective(Yaml.Replace("HOST", "'*.anthropic.com'", StringComparison.Ordinal));
        PolicyComposer.Warnings(wide).ShouldBeEmpty();
        PolicyComposer.Warnings(wide.WithProviderRoutes([Claude])).ShouldHaveSingleItem().Message.ShouldContain("narrower bind");
    }

    [Fact]
    public void AWildcardOfTheProvider_LeavesANarrowerRouteInForce()
    {
        var policy = Text.Effective("routes: [{ host: api.anthropic.com, match: [{ methods: [GET] }] }]")
            .WithProviderRoutes([Claude with { Host = "*.anthropic.com" }]);
        policy.Compile().Decide(Given.Get("api.anthropic.com", method: "POST")).Verdict.ShouldBe(Verdict.Deny);
        policy.Shadowed.ShouldHaveSingleItem().ShouldContain("the policy's own route decides");
    }
}
