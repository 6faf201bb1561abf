using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.Providers;

public sealed class AgentCatalogTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("caisson-home-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public void ListsAllAgentsWithWhatTheyNeed_WithoutTheNetwork()
    {
        using var client = new HttpClient(new NoNetwork());
        var list = AgentCatalog.List(AgentStore.Open(home, client, new Uri("https://registry.invalid/"), TimeProvider.System));

        list.Select(agent => $"{agent.Name} {agent.State}")
            .ShouldBe([
                "claude not_installed",
                "codex not_installed",
                $"opencode {(AgentLock.MachineArchitecture == "x64" ? "not_installed" : "not_available")}",
                "gemini not_available",
                "pi not_available",
                "hermes not_available",
                "custom ready",
            ]);
        var claude = list[0];
        claude.PinnedVersion.ShouldBe(AgentLock.BuiltIn.Agents["claude"].Version);
        claude.InstalledVersion.ShouldBeNull();
        claude.Files.ShouldBe([".claude.json", ".claude/settings.json", ".caisson/system-prompt.md", ".caisson/managed.json"]);
        claude.Hosts.ShouldContain("api.anthropic.com");
        claude.Abilities.ShouldBe(["interactive", "headless", "prompt_on_stdin", "json_events", "model_choice"]);
        claude.Why.ShouldNotBeNull().ShouldContain("caisson agent install claude");
        list[3].Abilities.ShouldBeEmpty();
    }

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A list must not use the network.");
    }
}
