using Caisson.Credentials.Launch;
using Caisson.Policy.Composition;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Tests;

public sealed class SandboxCredentialsTests : IDisposable
{
    private static readonly Dictionary<string, Secret> NoAnswers = [];
    private static readonly Dictionary<string, string> NoPlaceholders = [];
    private readonly TemporaryDirectory directory = new();

    private const string Policy = """
        ---
        env: { ASKED: "?Which one" }
        credentials:
          anthropic: { env: ANTHROPIC_API_KEY, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }
          typed: { prompt: true, scheme: bearer, required: false, bind: [{ host: a.example, port: 8443, path: /x, methods: [read] }] }
        ---
        """;

    private static EffectivePolicy Effective()
    {
        var options = new PolicyLoadOptions { Home = "/nowhere", UserHome = "/nowhere" };
        return PolicyComposer.Compose([PolicyLoader.Parse(Policy, "base.md", options).Policy!]).Policy!;
    }

    [Fact]
    public async Task Resolves_WhatThePolicyNames()
    {
        var credentials = new SandboxCredentials(
            Effective().Credentials,
            Given.Resolver(directory, ("ANTHROPIC_API_KEY", "real")),
            new Dictionary<string, Secret> { ["credential:typed"] = new("secret") },
            NoPlaceholders
        );
        (await credentials.ResolveAsync("anthropic", default)).Secret!.Reveal().ShouldBe("real");
        (await credentials.ResolveAsync("typed", default)).Secret!.Reveal().ShouldBe("secret");
        (await credentials.ResolveAsync("none", default)).Unavailable.ShouldBe("The policy has no credential none.");
        (await credentials.CheckRequiredAsync(default)).ShouldBeEmpty();
        (await credentials.KnownSecretsAsync(default)).Count.ShouldBe(2);
        var typed = credentials.Find("typed")!;
        typed.Scheme.ShouldBe(new InjectionScheme(InjectionKind.Bearer));
        typed.Binds[0].Methods.ShouldBe(["GET", "HEAD", "OPTIONS"]);
        credentials.Find("anthropic")!.Scheme.ShouldBe(new InjectionScheme(InjectionKind.Header, "x-api-key"));
        credentials.Find("anthropic")!.Binds[0].Methods.ShouldBeNull();
        credentials.Find("anthropic")!.Placeholder.ShouldStartWith("sk-ant-api03-");
        credentials.Find("none").ShouldBeNull();
    }

    [Fact]
    public async Task ARequiredOneWithoutValue_IsAProblem_AnotherIsNot()
    {
        var credentials = new SandboxCredentials(Effective().Credentials, Given.Resolver(directory), NoAnswers, NoPlaceholders);
        (await credentials.CheckRequiredAsync(default)).ShouldHaveSingleItem().ShouldContain("ANTHROPIC_API_KEY");
        (await credentials.ResolveAsync("typed", default)).Unavailable!.ShouldContain("asked for at launch");
    }

    [Fact]
    public void Placeholders_AreUniquePerSandbox_AndSurviveIt()
    {
        var resolver = Given.Resolver(directory);
        var first = new SandboxCredentials(Effective().Credentials, resolver, NoAnswers, NoPlaceholders);
        var second = new SandboxCredentials(Effective().Credentials, resolver, NoAnswers, NoPlaceholders);
        first.Placeholders.Values.Concat(second.Placeholders.Values).ShouldBeUnique();
        var again = new SandboxCredentials(Effective().Credentials, resolver, NoAnswers, first.Placeholders);
        again.Placeholders.ShouldBe(first.Placeholders);
    }

    [Fact]
    public void Questions_AreAllThatAPersonMustAnswer() =>
        LaunchQuestion
            .Of(Effective())
            .ShouldBe([
                new LaunchQuestion("env:ASKED", "Which one", true),
                new LaunchQuestion("credential:typed", "Value of credential typed", false),
            ]);

    public void Dispose() => directory.Dispose();
}
