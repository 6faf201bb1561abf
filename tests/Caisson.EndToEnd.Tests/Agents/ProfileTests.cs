using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Agents;

/// <summary>An agent profile by its name: its policy holds, and its text arrives at the vendor as part of the system prompt.</summary>
public sealed class ProfileTests(SharedInstallation shared)
{
    private readonly Installation installation = shared.Installation;

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode")]
    public async Task Text_ArrivesAsSystemPrompt_AndOnNoCommandLine(string agent)
    {
        await installation.InstallAsync(agent);
        using var repository = await Repository.CreateAsync();
        await WriteAsync($"sign-{agent}", $"policy: {Policies.For(agent)}\nagent: {agent}\n");

        var plan = await installation.RunInAsync(repository.Path, "run", $"sign-{agent}", "--headless", "--prompt", "x", "--dry-run");
        plan.ShouldSucceed().Out.ShouldNotContain("Penelope");
        var run = await installation.RunInAsync(
            repository.Path,
            ["run", $"sign-{agent}", "--headless", "--prompt", "Hello [signature]", "--yes", "--rm"]
        );

        run.Code.ShouldBe(0, run.All);
        run.Out.ShouldContain("Stand-in heard: Hello signed as Penelope");
    }

    [Fact]
    public async Task KeysOfAPolicy_AreRefusedInAProfile_AndNothingStarts()
    {
        using var repository = await Repository.CreateAsync();
        await WriteAsync("greedy", "policy: web\nroutes:\n  - host: evil.example\n");

        var run = await installation.RunInAsync(repository.Path, "run", "greedy", "--headless", "--prompt", "x", "--yes");

        run.Code.ShouldBe(78, run.All);
        run.Error.ShouldContain("greedy.md:3:1: routes");
        run.Error.ShouldContain("belongs in a policy");
    }

    private Task WriteAsync(string name, string keys)
    {
        var folder = Directory.CreateDirectory(Path.Combine(installation.Home, "agents")).FullName;
        return File.WriteAllTextAsync(
            Path.Combine(folder, name + ".md"),
            $"---\n{keys}---\nYou are careful.\n\nAnswers are [signed as Penelope].\n"
        );
    }
}
