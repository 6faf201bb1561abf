using Caisson.Credentials.Launch;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Tests.Launch;

public sealed class ResolvedEnvironmentTests
{
    private static readonly Dictionary<string, Secret> Answers = new(StringComparer.Ordinal) { ["env:ASKED"] = new Secret("typed") };
    private static readonly Dictionary<string, string> Placeholders = new(StringComparer.Ordinal) { ["key"] = "PLACEHOLDER" };

    private static EnvEntry Entry(string name, EnvForm form, string text) => new(name, form, text, Given.Origin);

    private static ResolvedEnvironment Resolve(params EnvEntry[] entries) =>
        ResolvedEnvironment.Resolve(entries, Given.Environment(("TOKEN", "from-server"), ("EMPTY", "")), Answers, Placeholders);

    [Fact]
    public void Resolves_AllForms()
    {
        var found = Resolve(
            Entry("A", EnvForm.Literal, "x\ny"),
            Entry("ASKED", EnvForm.Ask, "What?"),
            Entry("TAKEN", EnvForm.ServerVariable, "TOKEN"),
            Entry("KEY", EnvForm.Credential, "key"),
            Entry("NONE", EnvForm.ServerVariable, "EMPTY")
        );
        found.Problems.ShouldBeEmpty();
        found
            .Variables.Select(variable => (variable.Key, variable.Value))
            .ShouldBe([("A", "x\ny"), ("ASKED", "typed"), ("TAKEN", "from-server"), ("KEY", "PLACEHOLDER"), ("NONE", "")]);
        found.Secrets.ShouldBe([new Secret("typed"), new Secret("from-server")]);
        found.ToString().ShouldBe("A, ASKED, TAKEN, KEY, NONE");
    }

    [Fact]
    public void WhatIsMissing_IsNamed_WithoutAnyValue()
    {
        var found = Resolve(
            Entry("B", EnvForm.ServerVariable, "UNSET"),
            Entry("C", EnvForm.Ask, "Really?"),
            Entry("D", EnvForm.Credential, "none")
        );
        found.Problems.Count.ShouldBe(3);
        found.Problems[0].ShouldBe("Variable B (base.md:3) takes UNSET of the server, which is not set.");
        found.Problems[1].ShouldContain("Variable C");
        found.Problems[2].ShouldContain("credential none");
        found.Variables.ShouldBeEmpty();
    }

    [Fact]
    public void AnAnswerWithNul_IsRefused()
    {
        var answers = new Dictionary<string, Secret>(StringComparer.Ordinal) { ["env:ASKED"] = new Secret("a\0b") };
        ResolvedEnvironment
            .Resolve([Entry("ASKED", EnvForm.Ask, "")], Given.Environment(), answers, Placeholders)
            .Problems.ShouldHaveSingleItem()
            .ShouldContain("NUL");
    }
}
