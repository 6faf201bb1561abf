using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Planning;

/// <summary><c>caisson run --dry-run</c> says what a launch would make possible, and changes nothing.</summary>
public sealed class DryRunTests
{
    [Fact]
    public async Task PrintsThePlan_AndLeavesEveryFileAsItWas()
    {
        await using var installation = await Installation.StartAsync();
        await installation.InstallAsync("claude");
        using var repository = await Repository.CreateAsync();
        string[] arguments = ["run", "claude", "--policy", "web", "--headless", "--prompt", "hello", "--dry-run"];
        var before = Tree(installation.Home);

        var text = (await installation.RunInAsync(repository.Path, arguments)).ShouldSucceed().Out;
        var json = JsonNode.Parse((await installation.RunInAsync(repository.Path, [.. arguments, "--json"])).ShouldSucceed().Out)!;

        Tree(installation.Home).ShouldBe(before);
        var lines = text.Split('\n').Where(line => line.Contains(':')).Select(line => line.Split(':')[0]).ToList();
        foreach (var line in new[] { "agent", "command", "sandbox", "policies", "repository", "routes", "limits" })
            lines.ShouldContain(line, text);
        text.ShouldContain("api.anthropic.com [");
        text.ShouldContain("example.org");
        text.ShouldContain(repository.Path);
        text.ShouldNotContain(installation.Keys.Anthropic);
        ((string?)json["agent"]).ShouldBe("claude");
        json["routes"]!.AsArray().Count.ShouldBeGreaterThan(1);
        (await installation.ListAsync()).ShouldBeEmpty();
        installation.Vendors.Seen.ShouldBeEmpty();
    }

    /// <summary>All paths with length, mode and time of change; the log and the database's journal may grow.</summary>
    private static IReadOnlyList<string> Tree(string home) =>
        [
            .. new DirectoryInfo(home)
                .EnumerateFileSystemInfos(
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
                .Where(entry => !entry.FullName.Contains("/logs/", StringComparison.Ordinal))
                .Select(entry => $"{entry.FullName} {(entry as FileInfo)?.Length} {entry.UnixFileMode} {entry.LastWriteTimeUtc:O}")
                .Order(StringComparer.Ordinal),
        ];
}
