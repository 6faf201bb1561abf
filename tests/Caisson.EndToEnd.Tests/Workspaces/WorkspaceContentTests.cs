using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Workspaces;

/// <summary>What a workspace gets from outside: repositories and dotfiles through the exit, and several real agents side by side.</summary>
public sealed class WorkspaceContentTests(SharedInstallation shared)
{
    private readonly Installation _installation = shared.Installation;

    [Fact]
    public async Task Repositories_AndDotfiles_AreClonedThroughTheExit_WithoutAnythingOfTheTemplatesSource()
    {
        await WriteAsync(
            "content",
            $"""
            policies: [trust]
            agents: []
            repositories:
              - https://{UpstreamSites.Git}/project.git
              - url: https://{UpstreamSites.Git}/project.git
                directory: again
            """
        );
        using var api = new ServerApi(_installation);
        var (workspace, job) = await CreateAsync(api, "content", $"https://{UpstreamSites.Git}/project.git");

        ((string?)job["state"]).ShouldBe("succeeded", job.ToJsonString());
        var shown = await api.GetAsync($"workspaces/{workspace}");
        ((string)shown["health"]!["state"]!).ShouldBe("healthy", shown.ToJsonString());
        var home = await HomeAsync("content");
        File.ReadAllText(Path.Combine(home, "projects", "project", "README.md")).ShouldBe("# A project\n");
        File.Exists(Path.Combine(home, "projects", "again", "README.md")).ShouldBeTrue();
        // The same for two: fetched from outside once.
        (await (await api.GetRawAsync($"jobs/{(string)job["id"]!}/log")).Content.ReadAsStringAsync()).ShouldContain(
            "3 of 6 answers came by fetches that others had begun meanwhile"
        );
        File.Exists(Path.Combine(home, ".dotfiles", ".git", "caisson-installed")).ShouldBeTrue();
        // A person's push goes where they clone from, with what the gateway adds; nothing that signs in is inside.
        var configuration = await File.ReadAllTextAsync(Path.Combine(home, "projects", "project", ".git", "config"));
        configuration.ShouldContain($"https://{UpstreamSites.Git}/project.git");
        configuration.ShouldNotContain("credential");
        await api.SendAsync(HttpMethod.Delete, $"workspaces/{workspace}?force=true");
    }

    [Fact]
    public async Task SeveralAgents_AreThereTogether_EachWithItsSettings()
    {
        await _installation.InstallAsync("claude");
        await _installation.InstallAsync("codex");
        await WriteAsync("crew", "policies: [trust, crew]\nagents: [claude, codex]");
        await File.WriteAllTextAsync(
            Path.Combine(_installation.Home, "policies", "crew.md"),
            "---\ndescription: x\ngit: { agents: committer }\n---\n"
        );
        using var api = new ServerApi(_installation);
        var (workspace, job) = await CreateAsync(api, "crew", "");

        ((string?)job["state"]).ShouldBe("succeeded", job.ToJsonString());
        job["steps"]!.AsArray().Single(step => (string)step!["name"]! == "agents")!["message"]!.ToString().ShouldBe("2 there");
        var home = await HomeAsync("crew");
        await File.WriteAllTextAsync(
            Path.Combine(Directory.CreateDirectory(Path.Combine(home, ".caisson")).FullName, "setup.sh"),
            "head -3 $(command -v codex) > ~/versions && claude --version >> ~/versions && codex --version >> ~/versions && ls ~/.claude* ~/.codex >> ~/versions\n"
        );
        var (_, restarted) = await api.SendAsync(HttpMethod.Post, $"workspaces/{workspace}/restart", new { });
        var ended = await EndOfAsync(api, (string)restarted!["job"]!["id"]!);

        ended["steps"]!.AsArray().Single(step => (string)step!["name"]! == "setup")!["state"]!
            .ToString()
            .ShouldBe("succeeded", ended.ToJsonString());
        var versions = await File.ReadAllTextAsync(Path.Combine(home, "versions"));
        versions.ShouldContain("Claude Code");
        versions.ShouldContain("codex");
        versions.ShouldContain("config.toml");
        versions.ShouldContain("export GIT_COMMITTER_NAME='Codex' GIT_COMMITTER_EMAIL='codex@agents.invalid'");
        await api.SendAsync(HttpMethod.Delete, $"workspaces/{workspace}?force=true");
    }

    private Task WriteAsync(string name, string keys)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_installation.Home, "templates")).FullName;
        return File.WriteAllTextAsync(Path.Combine(folder, name + ".md"), $"---\n{keys}\n---\n");
    }

    private static async Task<(string Workspace, JsonNode Job)> CreateAsync(ServerApi api, string template, string dotfiles)
    {
        var (status, made) = await api.SendAsync(HttpMethod.Post, "workspaces", new { template, dotfiles });
        status.ShouldBe(202, made?.ToJsonString());
        return ((string)made!["workspace"]!["id"]!, await EndOfAsync(api, (string)made["job"]!["id"]!));
    }

    private static async Task<JsonNode> EndOfAsync(ServerApi api, string job)
    {
        using var limit = new CancellationTokenSource(Command.Limit);
        while (true)
        {
            var shown = await api.GetAsync($"jobs/{job}");
            if ((string)shown["state"]! is "succeeded" or "failed" or "cancelled")
                return shown;
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Of the workspace's sandbox, which has its name.</summary>
    private async Task<string> HomeAsync(string name) =>
        Path.Combine(
            _installation.Home,
            "sandboxes",
            (await _installation.ListAsync()).Single(sandbox => sandbox.Id.StartsWith(name + "-", StringComparison.Ordinal)).Id,
            "home"
        );
}
