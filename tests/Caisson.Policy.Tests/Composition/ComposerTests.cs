using Caisson.Policy.Composition;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;
using Caisson.Policy.Tests.Decisions;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Composition;

public sealed class ComposerTests
{
    private const string Key = "credentials: { key: { env: KEY, scheme: bearer, bind: [{ host: a.example }] } }\n";

    [Fact]
    public void Defaults_AreSafe_AndKnowThatNobodyWroteThem()
    {
        var policy = Text.Effective("");
        policy.Isolation.ShouldBe(new Setting<IsolationLevel>(IsolationLevel.Namespaces, new Origin(Layer.Default, "default")));
        policy.Resources.Cpus.Value.ShouldBe(2);
        policy.Resources.Memory.Value.ShouldBe(4L << 30);
        policy.Resources.Pids.Value.ShouldBe(1024);
        policy.Resources.Disk.Value.ShouldBe(20L << 30);
        policy.Resources.Files.Value.ShouldBe(65536);
        policy.Repository.Value.ShouldBe(RepositoryMode.Clone);
        policy.StopGrace.Value.ShouldBe(TimeSpan.FromSeconds(8));
        policy.ProxyEnv.Value.ShouldBeFalse();
        policy.Log.Value.ShouldBe(LogLevel.Denied);
        policy.Terminal.Recording.Value.ShouldBe(RecordingMode.Off);
        policy.Terminal.Download.Value.ShouldBeTrue();
        policy.Terminal.Maximum.Value.ShouldBe(10);
        policy.Terminal.Idle.Value.ShouldBe(TimeSpan.FromHours(24));
    }

    [Fact]
    public void WhatIsSaidOfTerminals_IsReadByField()
    {
        var policy = Text.Effective(
            "recording: required\nterminal: { maximum: 3, idle: never }",
            "record_input: true\nterminal: { idle: 5m, banner: false, ring: 64KiB }\nfiles: { download: false }"
        ).Terminal;

        (policy.Recording.Value, policy.RecordInput.Value, policy.Download.Value).ShouldBe((RecordingMode.Required, true, false));
        (policy.Maximum.Value, policy.Idle.Value, policy.Banner.Value).ShouldBe((3, TimeSpan.FromMinutes(5), false));
        policy.Ring.Value.ShouldBe(64 << 10);
        Text.Effective("terminal: { ring: 256MiB }").Terminal.Ring.Value.ShouldBe(256 << 20);
        Text.Effective("terminal: { idle: never }").Terminal.Ring.Value.ShouldBe(8 << 20);
        Text.Effective("terminal: { idle: never }").Terminal.Idle.Value.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("terminal: { idle: 4m }")]
    [InlineData("terminal: { maximum: 101 }")]
    [InlineData("recording: always")]
    [InlineData("files: { download: no }")]
    public void WhatTerminalsCanNotHave_IsRefused(string yaml) => Text.OnlyError(yaml);

    [Fact]
    public void TheLastPolicy_Wins_ByNameAndField()
    {
        var policy = Text.Effective(
            "env: { A: one, B: one }\nisolation: vm\ngit: { user: { name: One, email: one@a.example } }\nresources: { pids: 64, files: 512 }",
            "env: { A: two }\nisolation: namespaces\ngit: { user: { name: Two } }\nresources: { pids: 128 }"
        );
        policy.Env.Select(entry => (entry.Name, entry.Text, entry.Origin.File)).ShouldBe([("A", "two", "p1.md"), ("B", "one", "p0.md")]);
        policy.Isolation.Value.ShouldBe(IsolationLevel.Namespaces);
        policy.GitName!.Value.ShouldBe("Two");
        policy.GitEmail!.Value.ShouldBe("one@a.example");
        policy.Resources.Pids.Value.ShouldBe(128);
        policy.Resources.Files.Value.ShouldBe(512);
    }

    [Fact]
    public void ALaterRoute_Replaces_ButKeepsDenials()
    {
        var policy = Text.Effective(
            "routes: [{ host: a.example, deny: [{ paths: [{ type: prefix, value: /admin }] }] }]",
            "routes: [{ host: a.example, ports: [443], match: [{ methods: [POST] }] }]"
        );
        policy.Routes.Count.ShouldBe(2);
        var table = policy.Compile();
        table.Decide(Given.Get("a.example", "/admin", "POST")).Reason.ShouldBe(Reason.RuleDenied);
        table.Decide(Given.Get("a.example", "/x")).Verdict.ShouldBe(Verdict.Deny);
        table.Decide(Given.Get("a.example", "/x", "POST")).Rule.ShouldBe("p1:routes[0].match[0] (p1.md:2)");
        table.Decide(Given.Get("a.example", "/x", port: 80)).Rule.ShouldBe("p0:routes[0] (p0.md:2)");
    }

    [Theory]
    [InlineData("agent: { credential: kye }", "agent.credential")]
    [InlineData("env: { A: { credential: kye } }", "env.A")]
    [InlineData("routes: [{ host: a.example, credential: kye }]", "routes[0].credential")]
    [InlineData("routes: [{ host: a.example, match: [{ methods: [GET], credential: kye }] }]", "routes[0].match[0].credential")]
    public void Refuses_AnUnknownCredential(string yaml, string path)
    {
        var error = PolicyComposer.Compose([Text.Good(Key + yaml)]).Errors.ShouldHaveSingleItem();
        (error.KeyPath, error.DidYouMean, error.Line).ShouldBe((path, "key", 3));
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("opencode")]
    public void Refuses_ToForwardTheLoginOfAnotherAgent_AndNamesTheOneThatCan(string provider)
    {
        var error = PolicyComposer
            .Compose([Text.Good($"agent: {{ provider: {provider}, forward_login: true }}")])
            .Errors.ShouldHaveSingleItem();
        error.KeyPath.ShouldBe("agent.forward_login");
        error.Line.ShouldBe(2);
        error.Message.ShouldStartWith($"is known to the agent provider codex alone, not to {provider}");
    }

    [Fact]
    public void Refuses_ALoginBesideAKey() =>
        PolicyComposer
            .Compose([Text.Good(Key + "agent: { provider: codex, forward_login: true, credential: key }")])
            .Errors.ShouldHaveSingleItem()
            .Message.ShouldContain("can't stand beside `agent.credential: key`");

    [Fact]
    public void ForwardsALogin_WhereThePolicyIsForCodex_OrForTheAgentThatALaunchNames()
    {
        Text.Effective("agent: { provider: codex, forward_login: true }").ForwardLogin.Value.ShouldBeTrue();
        Text.Effective("agent: { forward_login: true }").ForwardLogin.Value.ShouldBeTrue();
        Text.Effective("agent: { provider: claude, forward_login: false }").ForwardLogin.Value.ShouldBeFalse();
        ForwardLogin.WhyNot("codex").ShouldBeNull();
        ForwardLogin.WhyNot("claude").ShouldNotBeNull().ShouldContain("codex");
    }

    [Fact]
    public void ACredential_MayStandInAnotherPolicy() =>
        Text.Effective(Key, "routes: [{ host: a.example, credential: key }]").Routes.Count.ShouldBe(1);

    [Fact]
    public void Refuses_ARouteThatItsCredentialIsNotBoundTo()
    {
        var error = PolicyComposer
            .Compose([Text.Good(Key + "routes: [{ host: b.example, credential: key }]")])
            .Errors.ShouldHaveSingleItem();
        error.Message.ShouldContain("not bound to b.example");
        PolicyComposer
            .Compose([Text.Good(Key + "routes: [{ host: a.example, ports: [80], credential: key }]")])
            .Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void Warns_OfABindThatNoRouteNeeds()
    {
        PolicyComposer.Compose([Text.Good(Key)]).Warnings.ShouldHaveSingleItem().Message.ShouldContain("may go to a.example");
        PolicyComposer.Compose([Text.Good(Key + "routes: [{ host: a.example, credential: key }]")]).Warnings.ShouldBeEmpty();
        var wide = Key.Replace("host: a.example", "host: '*.example'", StringComparison.Ordinal);
        PolicyComposer.Compose([Text.Good(wide + "routes: [{ host: a.example, credential: key }]")]).Warnings.ShouldHaveSingleItem();
        PolicyComposer
            .Compose([Text.Good(Key + "agent: { credential: key }")])
            .Warnings.ShouldBeEmpty("the agent provider brings that route");
    }

    [Theory]
    [InlineData("methods: [read]", "with every method, and routes use it with GET, HEAD, OPTIONS alone")]
    [InlineData("paths: [{ type: prefix, value: /x }]", "on every path, and routes use it on some alone")]
    public void Warns_OfABindWiderThanItsRules(string condition, string because)
    {
        var yaml = $"routes: [{{ host: a.example, credential: key, match: [{{ {condition} }}] }}]";
        PolicyComposer.Compose([Text.Good(Key + yaml)]).Warnings.ShouldHaveSingleItem().Message.ShouldContain(because);
        var narrow = Key.Replace("host: a.example", "host: a.example, path: /x, methods: [read]", StringComparison.Ordinal);
        PolicyComposer.Compose([Text.Good(narrow + yaml)]).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Refuses_ProxyVariables_ThatCaissonSetsItself()
    {
        PolicyComposer
            .Compose([Text.Good("env: { HTTP_PROXY: x }\nnetwork: { proxy_env: true }")])
            .Errors.ShouldHaveSingleItem()
            .KeyPath.ShouldBe("env.HTTP_PROXY");
        Text.Effective("env: { HTTP_PROXY: x }");
    }

    [Fact]
    public void Warns_OfAnUnopenedRoute_ThatADenyEntryStops() =>
        PolicyComposer
            .Compose([Text.Good("routes: [{ host: a.b.example, tls: passthrough }, { host: '**.example', deny: [{ methods: [POST] }] }]")])
            .Warnings.ShouldHaveSingleItem()
            .Message.ShouldContain("never used");

    [Fact]
    public void Load_ReturnsTheErrorsOfAllFiles()
    {
        using var home = new TemporaryHome();
        home.Write("policies/one.md", "---\nx: 1\n---");
        home.Write("policies/two.md", "---\ny: 1\n---");
        PolicyComposer.Load(["one", "two", "none"], home.Options).Errors.Count.ShouldBe(3);
    }

    [Fact]
    public void AProfile_LiesOverAgentAndGitUser_ByField()
    {
        using var home = new TemporaryHome();
        home.Write("agents/coder.md", "---\nagent: codex\ngit: { user: { name: Robot } }\n---");
        var profile = Caisson.Policy.Loading.PolicyLoader.LoadProfile("coder", home.Options).Profile!;
        var policy = Text.Effective("agent: { provider: claude }\ngit: { user: { name: A, email: a@a.example } }").WithProfile(profile);
        policy.Provider!.Value.ShouldBe("codex");
        (policy.GitName!.Value, policy.GitName.Origin.Layer, policy.GitEmail!.Value).ShouldBe(("Robot", Layer.Profile, "a@a.example"));
    }
}
