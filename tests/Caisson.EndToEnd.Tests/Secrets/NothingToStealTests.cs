using System.Text;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Secrets;

/// <summary>While an agent works with a credential, that credential is nowhere where the agent, or someone who reads our files, could find it.</summary>
public sealed class NothingToStealTests(SharedInstallation shared)
{
    private readonly Installation installation = shared.Installation;

    [Theory]
    [InlineData("claude", "sk-ant-")]
    [InlineData("codex", "sk-")]
    public async Task TheRealKeyIsNowhere_WhileTheAgentRuns(string agent, string shape)
    {
        await installation.InstallAsync(agent);
        using var repository = await Repository.CreateAsync();
        var name = $"s-{agent}";
        await using var screen = await Screen.StartAsync(
            installation.Describe(
                ["run", agent, "--policy", Policies.For(agent), "--prompt", "[write made.txt: made]", "--yes", "--name", name],
                repository.Path,
                installation.KeyVariables
            )
        );
        await screen.WaitForAsync(text => text.Contains("made.txt is written.", StringComparison.Ordinal), "Enter");
        var real = agent == "codex" ? installation.Keys.OpenAi : installation.Keys.Anthropic;
        var inside = Search.ProcessesIn(
            (await installation.RunAsync("exec", name, "--", "readlink", "/proc/self/ns/pid")).ShouldSucceed().Out.Trim()
        );
        inside.Count.ShouldBeGreaterThan(1);

        var search = new Search(new KeyForms(real));
        var root = $"/proc/{Search.FirstIn(inside)}/root";
        foreach (var process in inside)
        {
            search.Process(process);
            search.Memory(process);
        }
        foreach (var directory in new[] { "home", "workspace", "tmp", "run", "etc" })
            search.Files($"{root}/{directory}");
        search.Bytes.ShouldBeGreaterThan(50_000_000, "Memory and files were not read.");
        search.Found.ShouldBeEmpty();

        SearchHost(search, screen);
        search.Found.ShouldBeEmpty();

        // The search itself finds what is there: the placeholder, where the real key would stand.
        var placeholder = Placeholder(inside, root, shape);
        var control = new Search(new KeyForms(placeholder));
        foreach (var process in inside)
            control.Memory(process);
        control.Found.ShouldNotBeEmpty();

        (await installation.RunAsync("rm", name)).ShouldSucceed();
        var after = new Search(new KeyForms(real));
        after.Files(installation.Home, file => file.EndsWith("upstream-ca.pem", StringComparison.Ordinal));
        after.Found.ShouldBeEmpty("after the removal");
    }

    [Fact]
    public async Task APlaceholderIsNewForEachSandbox_AndWorthNothingElsewhere()
    {
        await using var first = await Session.StartSandboxAsync(installation, "p-one", "--policy", "placeholder");
        await using var second = await Session.StartSandboxAsync(installation, "p-two", "--policy", "placeholder");
        var one = await PrintAsync("p-one");
        var two = await PrintAsync("p-two");
        one.ShouldNotBeEmpty();
        one.ShouldNotBe(installation.Keys.Anthropic);
        two.ShouldNotBe(one);

        var elsewhere = await ExecAsync("p-one", "curl -sS -m 20 -H \"x-api-key: $API_TOKEN\" https://example.org/docs/for-p-one");
        elsewhere.ShouldContain("placeholder_misuse");
        installation.Vendors.Seen.ShouldNotContain(request => request.Path == "/docs/for-p-one");

        async Task<string> PrintAsync(string name) => (await ExecAsync(name, "printenv API_TOKEN")).Trim();

        async Task<string> ExecAsync(string name, string script) =>
            (await installation.RunAsync("exec", name, "--", "sh", "-c", script)).ShouldSucceed().Out;
    }

    /// <summary>Everything that Caisson wrote, and all processes but those that carry the variable because the user gave it to them.</summary>
    private void SearchHost(Search search, Screen screen)
    {
        search.Files(installation.Home);
        var server = false;
        foreach (var process in Search.Processes())
        {
            var arguments = Encoding.UTF8.GetString(Search.Read($"/proc/{process}/cmdline"));
            server |= arguments.Contains("caisson-server", StringComparison.Ordinal);
            var isOurs =
                process == Environment.ProcessId
                || arguments.StartsWith(Programs.Caisson, StringComparison.Ordinal)
                || arguments.Contains(screen.Environment, StringComparison.Ordinal);
            search.Look($"arguments of {process}", Encoding.UTF8.GetBytes(arguments));
            if (!isOurs)
                search.Process(process);
        }
        server.ShouldBeTrue("The server was not among the processes.");
    }

    private static string Placeholder(IReadOnlyList<int> inside, string root, string shape)
    {
        var places = inside.Select(process => Search.Read($"/proc/{process}/environ")).ToList();
        foreach (var file in new[] { ".codex/auth.json", ".claude/settings.json" })
            places.Add(Search.Read($"{root}/home/agent/{file}"));
        foreach (var text in places.Select(Encoding.UTF8.GetString))
        {
            var start = text.IndexOf(shape, StringComparison.Ordinal);
            if (start >= 0)
                return new string([.. text[start..].TakeWhile(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')]);
        }
        throw new InvalidOperationException("There is no placeholder where the agent looks for its key.");
    }
}
