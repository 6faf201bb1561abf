using Caisson.Policy.Composition;
using Caisson.Policy.Decisions;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Tests.Decisions;

namespace Caisson.Policy.Tests.Loading;

public sealed class PolicyLoaderTests
{
    [Fact]
    public void Loads_TheExample()
    {
        var result = PolicyLoader.Parse(Text.Example, "work.md", Text.Options);
        result.Errors.ShouldBeEmpty();
        var policy = result.Policy.ShouldNotBeNull();
        policy.Name.ShouldBe("work");
        policy.Description!.Value.ShouldBe("Claude Code on one repository");
        policy.Agent.Provider!.Value.ShouldBe("claude");
        policy.Agent.Credential!.Value.ShouldBe("anthropic");
        var credential = policy.Credentials.ShouldHaveSingleItem();
        credential.Source.ShouldBe(new CredentialSource(CredentialSourceKind.Env, "ANTHROPIC_API_KEY"));
        (credential.Scheme, credential.FieldName, credential.Required).ShouldBe((CredentialScheme.Header, "x-api-key", true));
        credential.Bind.ShouldHaveSingleItem().Host.ShouldBe("api.anthropic.com");
        var route = policy.Routes.ShouldHaveSingleItem();
        route.Host.ShouldBe("example.org");
        route.Ports.ShouldBe([80, 443]);
        route.Origin.ShouldBe(new Origin(Layer.Policy, "work.md", 9, 5));
        route.Match[0].Methods.ShouldBe(["GET", "HEAD", "OPTIONS"]);
        route.Match[0].Paths.ShouldBe([new PathRule(PathMatch.Prefix, "/docs")]);
    }

    [Fact]
    public void TheExample_DecidesAsWritten()
    {
        var composed = PolicyComposer.Compose([PolicyLoader.Parse(Text.Example, "work.md", Text.Options).Policy!]);
        composed.Errors.ShouldBeEmpty();
        composed.Warnings.ShouldBeEmpty();
        var table = composed.Policy!.Compile();
        table.Decide(Given.Get("example.org", "/docs/x")).Rule.ShouldBe("routes[0].match[0] (work.md:11)");
        table.Decide(Given.Get("example.org", "/docs/x", "POST")).Verdict.ShouldBe(Verdict.Deny);
        table.Decide(Given.Get("example.org", "/other")).Verdict.ShouldBe(Verdict.Deny);
        table.Decide(Given.Get("api.anthropic.com")).Reason.ShouldBe(Reason.NoRoute);
    }

    [Fact]
    public void AnEmptyFrontMatter_IsAPolicyThatDeniesEverything() => Text.Good("").Routes.ShouldBeEmpty();

    [Fact]
    public void Keeps_TheBody_Trimmed() => Text.Good("description: x").Body.ShouldBe("body");

    [Fact]
    public void Reports_AllErrorsOfAFile_InItsOrder()
    {
        var result = Text.Load(
            """
            routes:
              - hots: example.org
              - host: example.net
                ports: [0]
            resources:
              memory: 12
            isolation: strong
            """
        );
        result.Policy.ShouldBeNull();
        result
            .Errors.Select(error => (error.Line, error.KeyPath))
            .ShouldBe(
                [(3, "routes[0].hots"), (3, "routes[0]"), (5, "routes[1].ports[0]"), (7, "resources.memory"), (8, "isolation")],
                ignoreOrder: true
            );
        result.Errors.Select(error => error.Line).ShouldBeInOrder();
    }

    [Fact]
    public void AnUnknownKey_IsShownWithPlaceNearestAndAllowed()
    {
        var error = Text.OnlyError("descripton: x");
        (error.File, error.Line, error.Column, error.KeyPath, error.DidYouMean).ShouldBe(("base.md", 2, 1, "descripton", "description"));
        error.Allowed.ShouldContain("routes");
        error
            .ToString()
            .ShouldStartWith("base.md:2:1: descripton: unknown key 'descripton'; did you mean 'description'? Allowed: description, env,");
    }

    [Theory]
    [InlineData("extends: base")]
    [InlineData("detect: { inbound: [injection] }")]
    [InlineData("detect: { outbound: [entropy] }")]
    [InlineData("budgets: {}")]
    [InlineData("supervision: {}")]
    [InlineData("mcp: {}")]
    [InlineData("skills: [a]")]
    [InlineData("tests: []")]
    [InlineData("image: x")]
    [InlineData("runtime: x")]
    [InlineData("reset: [routes]")]
    [InlineData("share: {}")]
    [InlineData("driver: docker")]
    [InlineData("agent: { settings: {} }")]
    [InlineData("agent: { provider: gemini }")]
    [InlineData("network: { ports: [80] }")]
    [InlineData("git: { repos: {} }")]
    [InlineData("routes: [{ host: a.example, detect: { rules: [x] } }]")]
    [InlineData("routes: [{ host: a.example, git: fetch }]")]
    [InlineData("routes: [{ host: a.example, mode: observe }]")]
    [InlineData("routes: [{ host: a.example, protocol: grpc }]")]
    [InlineData("routes: [{ host: a.example, limits: {} }]")]
    [InlineData("routes: [{ host: a.example, binary: /bin/x }]")]
    [InlineData("routes: [{ host: a.example, dns: [TXT] }]")]
    [InlineData("routes: [{ host: a.example, match: [{ methods: [GET], body: {} }] }]")]
    [InlineData("routes: [{ host: a.example, match: [{ methods: [GET], headers: {} }] }]")]
    [InlineData("credentials: { a: { command: [x], scheme: bearer, bind: [{ host: a.example }] } }")]
    [InlineData("credentials: { a: { env: A, scheme: oauth2, bind: [{ host: a.example }] } }")]
    [InlineData("credentials: { a: { env: A, scheme: bearer, confirm: each, bind: [{ host: a.example }] } }")]
    [InlineData("credentials: { a: { env: A, scheme: bearer, ttl: 5m, bind: [{ host: a.example }] } }")]
    public void Refuses_WhatComesLater_ByName(string yaml) =>
        Text.OnlyError(yaml).Message.ShouldEndWith("` is not available yet in this version");

    [Theory]
    [InlineData("git-gate: {}", "`git`")]
    [InlineData("egress: {}", "`routes`")]
    [InlineData("tokens: {}", "`credentials`")]
    [InlineData("pipelock: {}", "`detect`")]
    [InlineData("pool: {}", "template")]
    [InlineData("hooks: {}", "template")]
    [InlineData("routes: [{ host: a.example, role: x }]", "reserved")]
    [InlineData("routes: [{ host: a.example, path_allowlist: [/x] }]", "`match[].paths`")]
    public void ForeignKeys_FailWithTheirReplacement(string yaml, string replacement) =>
        Text.OnlyError(yaml).Message.ShouldContain(replacement);

    [Theory]
    [InlineData("a: &x 1", "anchors (&x)")]
    [InlineData("description: !!str x", "tags")]
    [InlineData("description: ! x", "tags")]
    [InlineData("description: x\ndescription: y", "stands twice (first in line 2)")]
    [InlineData("description: [", "not valid YAML")]
    [InlineData("{[a]: b}", "single word")]
    [InlineData("- a", "must be a block of keys, and is a list")]
    public void Refuses_WhatMakesAFileMeanSomethingElse(string yaml, string because) =>
        Text.Load(yaml).Errors.ShouldContain(error => error.Message.Contains(because));

    [Fact]
    public void Refuses_AliasesAndDocuments()
    {
        Text.Load("description: &a x\nlog: *a").Errors.ShouldContain(error => error.Message.Contains("aliases") && error.Line == 3);
        PolicyLoader.Parse("---\ndescription: x\n... \n---\n", "a.md", Text.Options).Errors.ShouldBeEmpty();
        Text.Load("%YAML 1.1").Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public void Refuses_DeepNesting()
    {
        Text.Load("a: " + new string('[', 30) + new string(']', 30))
            .Errors.ShouldContain(error => error.Message.Contains("deeper than 20"));
        Text.Load("a: " + new string('[', 100_000)).Errors.ShouldContain(error => error.Message.Contains("deeper than 20"));
    }

    [Fact]
    public void Refuses_ALargeFile() =>
        PolicyLoader
            .Parse("---\n---\n" + new string('x', 256 * 1024), "a.md", Text.Options)
            .Errors.ShouldHaveSingleItem()
            .Message.ShouldContain("256 KiB");

    [Theory]
    [InlineData("# A title\n", 1, "no front matter")]
    [InlineData("", 1, "no front matter")]
    [InlineData("---\ndescription: x\n", 1, "not closed")]
    public void Refuses_AMissingFrontMatter(string text, int line, string because)
    {
        var error = PolicyLoader.Parse(text, "a.md", Text.Options).Errors.ShouldHaveSingleItem();
        error.Line.ShouldBe(line);
        error.Message.ShouldContain(because);
    }

    [Theory]
    [InlineData("yes", "write true")]
    [InlineData("on", "write true")]
    [InlineData("No", "write false")]
    [InlineData("off", "write false")]
    [InlineData("1", "must be true or false")]
    [InlineData("'true'", "must be true or false")]
    public void Refuses_OldBooleans(string text, string because) =>
        Text.OnlyError($"network: {{ proxy_env: {text} }}").Message.ShouldContain(because);

    [Theory]
    [InlineData("1a.md")]
    [InlineData("Base.md")]
    [InlineData("a_b.md")]
    public void Refuses_AFileName(string file) =>
        Text.Load("description: x", file).Errors.ShouldHaveSingleItem().Message.ShouldContain("^[a-z]");

    [Fact]
    public void LoadsByName_AndSuggestsTheNearest()
    {
        using var home = new TemporaryHome();
        home.Write("policies/work.md", Text.Example);
        PolicyLoader.Load("work", home.Options).Policy!.Name.ShouldBe("work");
        PolicyLoader.Load(home.Path("policies/work.md"), home.Options).Policy.ShouldNotBeNull();
        var error = PolicyLoader.Load("wrok", home.Options).Errors.ShouldHaveSingleItem();
        error.DidYouMean.ShouldBe("work");
        PolicyLoader.Load("../work", home.Options).Errors.ShouldHaveSingleItem().Message.ShouldContain("no such file");
        PolicyLoader.Load("Work!", home.Options).Errors.ShouldHaveSingleItem().Message.ShouldContain("no name of a policy");
    }

    [Fact]
    public void AFileThatIsNoText_IsAnErrorAndNoException()
    {
        using var home = new TemporaryHome();
        File.WriteAllBytes(home.Write("policies/bad.md", ""), [0x2d, 0xff, 0xfe]);
        PolicyLoader.Load("bad", home.Options).Errors.ShouldHaveSingleItem().Message.ShouldContain("UTF-8");
        home.Write("policies/big.md", new string('x', 300_000));
        PolicyLoader.Load("big", home.Options).Errors.ShouldHaveSingleItem().Message.ShouldContain("256 KiB");
        Directory.CreateDirectory(home.Path("policies/dir.md"));
        PolicyLoader.Load(home.Path("policies/dir.md"), home.Options).Errors.ShouldNotBeEmpty();
    }
}
