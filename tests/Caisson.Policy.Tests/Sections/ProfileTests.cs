using Caisson.Policy.Loading;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Sections;

public sealed class ProfileTests : IDisposable
{
    private readonly TemporaryHome home = new();

    [Fact]
    public void Reads_PromptAndChoice()
    {
        home.Write(
            "agents/coder.md",
            "---\nname: Coder\ndescription: x\nmodel: opus\npolicy: [base, work]\nagent: claude\ngit: { user: { name: Robot } }\n---\n\n  You code. \n"
        );
        var profile = PolicyLoader.LoadProfile("coder", home.Options).Profile.ShouldNotBeNull();
        profile.Prompt.ShouldBe("You code.");
        profile.Policies.Select(policy => policy.Value).ShouldBe(["base", "work"]);
        profile.Provider!.Value.ShouldBe("claude");
        profile.GitUser!.Name!.Origin.Layer.ShouldBe(Layer.Profile);
    }

    [Fact]
    public void Reads_ASinglePolicy()
    {
        home.Write("agents/coder.md", "---\npolicy: base\n---\n");
        PolicyLoader.LoadProfile("coder", home.Options).Profile!.Policies.ShouldHaveSingleItem().Value.ShouldBe("base");
    }

    [Theory]
    [InlineData("routes: []", "`routes` belongs in a policy")]
    [InlineData("credentials: {}", "`credentials` belongs in a policy")]
    [InlineData("filesystem: {}", "`filesystem` belongs in a policy")]
    [InlineData("env: {}", "`env` belongs in a policy")]
    [InlineData("skills: [a]", "not available yet")]
    [InlineData("polcy: base", "did you mean 'policy'")]
    [InlineData("policy: Base!", "no name of a policy")]
    [InlineData("agent: clode", "did you mean 'claude'")]
    public void Refuses(string yaml, string because)
    {
        home.Write("agents/coder.md", $"---\n{yaml}\n---\n");
        PolicyLoader.LoadProfile("coder", home.Options).Errors.ShouldHaveSingleItem().ToString().ShouldContain(because);
    }

    public void Dispose() => home.Dispose();
}
