using Caisson.Policy.Composition;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Composition;

public sealed class ExplainTests
{
    private const string Yaml = """
        agent: { provider: claude, credential: key }
        env: { ASKED: '?', TAKEN: '${TOKEN}', PLAIN: x, HIDDEN: { credential: key } }
        credentials: { key: { env: KEY, scheme: bearer, bind: [{ host: a.example }] } }
        resources: { memory: 1GiB }
        routes:
          - host: a.example
            credential: key
          - { host: '*.b.example', ports: [8443], match: [{ methods: [read] }] }
        """;

    [Fact]
    public void EveryValue_SaysWhereItComesFrom()
    {
        var values = PolicyExplain.All(Text.Effective(Yaml)).Select(value => value.ToString()).ToArray();
        values.ShouldContain("resources.memory = 1GiB (policy, p0.md:5)");
        values.ShouldContain("resources.pids = 1024 (default)");
        values.ShouldContain("agent.provider = claude (policy, p0.md:2)");
        values.ShouldContain("env.TAKEN = the server's variable TOKEN, in clear (policy, p0.md:3)");
        values.ShouldContain("routes[0] = a.example; ports 80, 443; credential key; everything (policy, p0.md:7)");
        values.ShouldContain("routes[1].match[0] = GET|HEAD|OPTIONS on any path (policy, p0.md:9)");
    }

    [Fact]
    public void OneKey_BringsAllBelowIt()
    {
        var policy = Text.Effective(Yaml);
        PolicyExplain.For(policy, "resources").Count.ShouldBe(5);
        PolicyExplain.For(policy, "resources.memory").ShouldHaveSingleItem().Value.ShouldBe("1GiB");
        PolicyExplain.For(policy, "routes").Count.ShouldBe(3);
    }

    [Fact]
    public void OneHost_BringsItsRoutesAndCredentials()
    {
        var policy = Text.Effective(Yaml);
        PolicyExplain.For(policy, "A.example").Select(value => value.Key).ShouldBe(["routes[0]", "credentials.key"]);
        PolicyExplain.For(policy, "x.b.example").Select(value => value.Key).ShouldBe(["routes[1]", "routes[1].match[0]"]);
        PolicyExplain.For(policy, "elsewhere.example").ShouldBeEmpty();
    }

    [Fact]
    public void ThePlan_ShowsRoutesWithTheirScheme_AndVariableNames()
    {
        var policy = Text.Effective(Yaml);
        PolicyPlanLines.Routes(policy).ShouldBe(["a.example [bearer]", "*.b.example:8443"]);
        PolicyPlanLines.EnvironmentNames(policy).ShouldBe(["ASKED", "HIDDEN", "PLAIN", "TAKEN"]);
    }

    [Fact]
    public void Risks_AreRanked()
    {
        var risks = PolicyRisk.Of(
            Text.Effective(
                """
                env: { ASKED: '?' }
                isolation: process
                filesystem: { repo: mount, unsafe_writable: [.husky] }
                credentials: { key: { env: KEY, scheme: bearer, bind: [{ host: a.example }] } }
                routes:
                  - { host: a.example, credential: key }
                  - { host: '*.b.example', tls: passthrough }
                  - { host: c.example, allow_private: [10.0.0.0/8] }
                  - { host: d.example, protocol: tcp, ports: [22] }
                """
            )
        );
        risks.Select(risk => risk.Rank).ShouldBeInOrder(SortDirection.Descending);
        risks
            .Select(risk => risk.Name)
            .Order()
            .ShouldBe(["allow_private", "env_clear", "isolation", "mount", "passthrough", "tcp", "unsafe_writable", "wildcard", "write"]);
        PolicyRisk.Of(Text.Effective("routes: [{ host: a.example }]")).ShouldBeEmpty();
    }
}
