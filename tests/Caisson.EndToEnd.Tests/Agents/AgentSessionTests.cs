using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Agents;

/// <summary>Real agents work on a real repository, and the vendor gets the real key that they never had.</summary>
public sealed class AgentSessionTests(SharedInstallation shared)
{
    private readonly Installation installation = shared.Installation;

    public static TheoryData<string, string> Agents =>
        new()
        {
            { "claude", "api.anthropic.com" },
            { "codex", "api.openai.com" },
            { "opencode", "api.anthropic.com" },
        };

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task Headless_EditsTheClone_AndTheWorkComesBack(string agent, string host)
    {
        await installation.InstallAsync(agent);
        using var repository = await Repository.CreateAsync();

        var run = await installation.RunInAsync(
            repository.Path,
            [
                "run",
                agent,
                "--policy",
                Policies.For(agent),
                "--headless",
                "--prompt",
                "[write notes.txt: hello]",
                "--yes",
                "--name",
                $"h-{agent}",
            ]
        );

        run.Code.ShouldBe(0, run.All);
        run.Out.ShouldContain("Stand-in finished: notes.txt is written.");
        installation.Vendors.Seen.ShouldContain(request =>
            request.Host == host && (request.Status == 200 || request.Status == 101) && request.KeyFingerprint == RealFingerprint(host)
        );
        await ShouldComeBackAsync(repository, $"h-{agent}", run.Error);
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task OnATerminal_EditsTheClone_AndTheWorkComesBack(string agent, string host)
    {
        await installation.InstallAsync(agent);
        using var repository = await Repository.CreateAsync();
        var name = $"t-{agent}";
        await using var screen = await Screen.StartAsync(
            installation.Describe(
                ["run", agent, "--policy", Policies.For(agent), "--prompt", "[write notes.txt: hello]", "--yes", "--name", name],
                repository.Path,
                installation.KeyVariables
            )
        );

        await screen.WaitForAsync(text => text.Contains("Stand-in finished: notes.txt is written.", StringComparison.Ordinal), "Enter");
        (await installation.RunAsync("exec", name, "--", "cat", "notes.txt")).ShouldSucceed().Out.ShouldBe("hello\n");
        installation.Vendors.Seen.ShouldContain(request => request.Host == host && (request.Status == 200 || request.Status == 101));

        // The end of an agent on a terminal is the person's: `stop` keeps home and work.
        (await installation.RunAsync("stop", name)).ShouldSucceed();
        await screen.WaitForAsync(text => text.Contains("ENDED with", StringComparison.Ordinal));
        await ShouldComeBackAsync(repository, name, "caisson diff");
    }

    /// <summary><c>diff</c> shows it, <c>apply</c> writes it into the repository, and only there.</summary>
    private async Task ShouldComeBackAsync(Repository repository, string name, string words)
    {
        words.ShouldContain("caisson diff");
        File.Exists(repository.At("notes.txt")).ShouldBeFalse();
        var diff = (await installation.RunAsync("diff", name)).ShouldSucceed().Out;
        diff.ShouldContain("+++ b/notes.txt");
        diff.ShouldContain("+hello");
        (await installation.RunInAsync(repository.Path, "apply", name)).ShouldSucceed();
        (await File.ReadAllTextAsync(repository.At("notes.txt"))).ShouldBe("hello\n");
        (await repository.GitAsync("status", "--porcelain")).ShouldBe("?? notes.txt\n");
        (await installation.RunAsync("rm", name)).ShouldSucceed();
    }

    private string RealFingerprint(string host) =>
        VendorStandIns.Traffic.VendorKeys.Fingerprint(host == "api.openai.com" ? installation.Keys.OpenAi : installation.Keys.Anthropic);
}
