using System.Buffers.Text;
using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;
using Caisson.EndToEnd.Tests.Secrets;
using Caisson.VendorStandIns.OpenAi;
using Caisson.VendorStandIns.Traffic;

namespace Caisson.EndToEnd.Tests.Agents;

/// <summary>The real Codex works with the ChatGPT login of the machine, and nothing of that login is in its sandbox.</summary>
public sealed class ForwardedLoginTests(SharedInstallation shared) : IAsyncLifetime
{
    private readonly Installation installation = shared.Installation;

    public async ValueTask InitializeAsync()
    {
        await installation.InstallAsync("codex");
        installation.Login.Write();
    }

    public ValueTask DisposeAsync()
    {
        installation.Login.Write();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Headless_EditsTheClone_AsTheLoginsUser()
    {
        using var repository = await Repository.CreateAsync();
        var before = await File.ReadAllTextAsync(installation.Login.File);

        var run = await RunAsync(repository, "l-headless");

        run.Code.ShouldBe(0, run.All);
        run.Out.ShouldContain("Stand-in finished: notes.txt is written.");
        installation.Vendors.Seen.ShouldContain(request =>
            request.Host == ChatGptBackend.Host
            && request.Path == "/backend-api/codex/responses"
            && (request.Status == 200 || request.Status == 101)
            && request.KeyFingerprint == VendorKeys.Fingerprint(installation.Login.AccessToken)
        );
        installation.Vendors.Seen.ShouldNotContain(request => request.Host == "auth.openai.com");
        (await File.ReadAllTextAsync(installation.Login.File)).ShouldBe(before);
        // What Codex asks for beside that is refused without effect.
        (await installation.RunAsync("logs", "l-headless"))
            .ShouldSucceed()
            .Out.Split('\n')
            .Where(line => line.Contains("chatgpt.com") && !line.Contains("/backend-api/wham/settings/user"))
            .ShouldBeEmpty();
        (await installation.RunAsync("rm", "l-headless")).ShouldSucceed();
    }

    [Fact]
    public async Task NothingOfTheLogin_IsInTheSandboxOrInWhatWeWrite_WhileCodexRuns()
    {
        using var repository = await Repository.CreateAsync();
        await using var screen = await StartAsync(repository, "l-search");
        var inside = Search.ProcessesIn((await ExecAsync("l-search", "readlink /proc/self/ns/pid")).Trim());
        inside.Count.ShouldBeGreaterThan(1);

        var login = installation.Login;
        // Each part of the token alone, too: the claims name the user, the signature is what makes it one.
        foreach (var secret in login.AccessToken.Split('.')[1..].Append(login.RefreshToken).Append(CodexHome.Mail))
        {
            var search = new Search(new KeyForms(secret));
            foreach (var process in inside)
            {
                search.Process(process);
                search.Memory(process);
            }
            foreach (var directory in new[] { "home", "workspace", "tmp", "run", "etc" })
                search.Files($"/proc/{Search.FirstIn(inside)}/root/{directory}");
            search.Bytes.ShouldBeGreaterThan(50_000_000, "Memory and files were not read.");
            search.Files(installation.Home);
            search.Found.ShouldBeEmpty();
        }

        // The search itself finds what is there: the placeholder, where the real token would stand.
        var auth = JsonNode.Parse(await ExecAsync("l-search", "cat ~/.codex/auth.json"))!;
        var control = new Search(new KeyForms(((string)auth["tokens"]!["access_token"]!).Split('.')[2]));
        foreach (var process in inside)
            control.Memory(process);
        control.Found.ShouldNotBeEmpty();

        ((string?)auth["auth_mode"]).ShouldBe("chatgpt");
        ((string?)auth["tokens"]!["account_id"]).ShouldBe(ChatGptBackend.Account);
        foreach (var name in new[] { "id_token", "access_token" })
        {
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars(((string)auth["tokens"]![name]!).Split('.')[1]))!;
            ((long)claims["exp"]!).ShouldBe(login.Expires.ToUnixTimeSeconds());
        }
        (await installation.RunAsync("rm", "l-search")).ShouldSucceed();
    }

    [Fact]
    public async Task ARenewal_IsAnsweredHere_AndAPlaceholderElsewhereIsRefused()
    {
        using var repository = await Repository.CreateAsync();
        await using var screen = await StartAsync(repository, "l-renew");
        const string renew =
            "curl -sS -m 20 https://auth.openai.com/oauth/token -H 'content-type: application/json' -d '{\"grant_type\":\"refresh_token\",\"refresh_token\":\"x\"}'";

        var renewed = JsonNode.Parse(await ExecAsync("l-renew", renew))!;
        var kept = JsonNode.Parse(await ExecAsync("l-renew", "cat ~/.codex/auth.json"))!["tokens"]!;
        ((string?)renewed["access_token"]).ShouldBe((string?)kept["access_token"]);
        ((string?)renewed["refresh_token"]).ShouldBe((string?)kept["refresh_token"]);

        foreach (var token in new[] { "id_token", "access_token", "refresh_token" })
        {
            var elsewhere = await ExecAsync("l-renew", $"curl -sS -m 20 https://example.org/docs/x -H 'x-token: {(string)kept[token]!}'");
            elsewhere.ShouldContain("placeholder_misuse");
        }

        // It ends while the sandbox runs, as when nobody used Codex on this machine for days.
        installation.Login.Write(ended: true);
        var seen = installation.Vendors.Seen.Count;
        foreach (var request in new[] { renew, "curl -sS -m 20 https://chatgpt.com/backend-api/codex/models" })
        {
            var refused = await ExecAsync("l-renew", request);
            refused.ShouldContain("credential_unavailable");
            refused.ShouldContain("Run `codex` once on this machine");
        }
        installation.Vendors.Seen.Count.ShouldBe(seen);
        installation.Login.Write();
        (await ExecAsync("l-renew", "curl -sS -m 20 -o /dev/null -w '%{http_code}' https://chatgpt.com/backend-api/codex/models")).ShouldBe(
            // The value is the real one again; the stand-in wants the account beside it, which curl doesn't send.
            "403"
        );
        installation.Vendors.Seen.ShouldNotContain(request => request.Host == "auth.openai.com");
        (await installation.RunAsync("rm", "l-renew")).ShouldSucceed();
    }

    public static TheoryData<string, string, string> Unusable =>
        new()
        {
            { "", "Codex has no login on this machine", "codex login" },
            {
                """{"auth_mode":"apikey","OPENAI_API_KEY":"sk-proj-hidden"}""",
                "holds an API key of OpenAI and no ChatGPT login",
                "agent.credential"
            },
            { "hidden", "is not what `codex login` writes: it is no JSON", "codex login" },
            { "ended", "ended at", "Run `codex` once on this machine" },
        };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task ALoginThatCanNotBeUsed_FailsThePlan_WithItsCauseAndRemedy(string content, string cause, string remedy)
    {
        using var repository = await Repository.CreateAsync();
        if (content == "ended")
            installation.Login.Write(ended: true);
        else if (content.Length > 0)
            installation.Login.Write(content);
        else
            File.Delete(installation.Login.File);

        var run = await RunAsync(repository, "l-none");

        run.Code.ShouldBe(78, run.All);
        run.Error.ShouldContain(cause);
        run.Error.ShouldContain(remedy);
        run.Error.ShouldNotContain("hidden");
        (await installation.ListAsync()).ShouldNotContain(sandbox => sandbox.Name == "l-none");
    }

    [Fact]
    public async Task AnotherAgent_IsTold_WhichOneCanDoIt()
    {
        using var repository = await Repository.CreateAsync();
        await installation.InstallAsync("claude");

        var run = await installation.RunInAsync(
            repository.Path,
            ["run", "claude", "--policy", "codex-login", "--headless", "--prompt", "x", "--yes"]
        );

        run.Code.ShouldBe(78, run.All);
        run.Error.ShouldContain("known to the agent provider codex alone, not to claude");
    }

    private async Task<Screen> StartAsync(Repository repository, string name)
    {
        var screen = await Screen.StartAsync(
            installation.Describe(
                ["run", "codex", "--policy", "codex-login", "--prompt", "[write made.txt: made]", "--yes", "--name", name],
                repository.Path
            )
        );
        await screen.WaitForAsync(text => text.Contains("made.txt is written.", StringComparison.Ordinal), "Enter");
        return screen;
    }

    private async Task<string> ExecAsync(string name, string script) =>
        (await installation.RunAsync("exec", name, "--", "sh", "-c", script)).ShouldSucceed().Out;

    private Task<Outcome> RunAsync(Repository repository, string name) =>
        installation.RunInAsync(
            repository.Path,
            [
                "run",
                "codex",
                "--policy",
                "codex-login",
                "--headless",
                "--prompt",
                "[write notes.txt: hello]",
                "--yes",
                "--name",
                name,
                "--keep",
            ]
        );
}
