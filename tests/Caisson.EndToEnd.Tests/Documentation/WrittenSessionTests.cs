using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Documentation;

/// <summary>
/// What the documents show to type is typed, as it stands there and in that order, against a real server in a home of its own; and it does what the text beside it says.
/// </summary>
public sealed partial class WrittenSessionTests(SharedInstallation shared)
{
    /// <summary>What is not typed here, and why.</summary>
    private static readonly Dictionary<string, string> NotRun = new(StringComparer.Ordinal)
    {
        ["caisson agent install claude"] = "Installs a package of npm's, for which all tests share one store: AgentSessionTests runs it.",
        ["caisson run claude"] = "A person's conversation with a real agent, which needs it installed: AgentSessionTests has one.",
        ["caisson recording show r-…"] = "Plays in a terminal of its own at the pace of the recording: RecordingTests reads the same.",
    };

    private static readonly string[] Documents =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Programs.Root, "docs"), "*.md").Order().Select(file => $"docs/{Path.GetFileName(file)}"),
    ];

    [Fact]
    public async Task WhatTheDocumentsShowToType_DoesWhatTheySay()
    {
        await using var home = new BareHome(
            $"""
            server:
              listen: 127.0.0.1:0
            gateway:
              upstream_ca: {Path.Combine(shared.Installation.Home, "upstream-ca.pem")}
              resolve:
                - "example.org:443:127.0.0.1:{shared.Installation.Vendors.EndPoint.Port}"

            """
        );
        using var repository = await Repository.CreateAsync();
        await File.WriteAllTextAsync(repository.At("README"), "hello\n");
        await repository.GitAsync("add", ".");
        await repository.GitAsync("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "second");
        var left = Documents.SelectMany(Typed).ToList();
        var recording = "";
        left.Count.ShouldBeGreaterThan(20);

        // README, "Five minutes".
        (await TypeAsync("caisson run --rm -- cat /proc/net/dev")).Out.ShouldContain("lo:");
        var refused = await TypeAsync("caisson run --rm -- curl -s https://example.org/docs/");
        refused.Out.ShouldContain("\"reason\": \"no_route\"");
        refused.Out.ShouldContain("Ask the operator to add a route for example.org in the policy.");
        var policies = Blocks("README.md").Where(text => text.StartsWith("---\n", StringComparison.Ordinal)).ToList();
        home.Write("policies/docs.md", policies[0]);
        (await TypeAsync("caisson policy check")).Error.ShouldContain("1 checked: 0 errors, 0 warnings");
        (await TypeAsync("caisson policy explain docs example.org")).Out.ShouldContain("GET|HEAD|OPTIONS on prefix /docs");
        var tour = await TypeAsync(
            "caisson run --policy docs --name tour --yes --keep -- bash",
            "curl -s https://example.org/docs/; curl -s -X POST https://example.org/docs/; echo more >> README; exit\n"
        );
        tour.Out.ShouldContain("Stand-in documentation");
        tour.Out.ShouldContain("\"reason\": \"rule_denied\"");
        (await TypeAsync("caisson logs tour")).Out.ShouldMatch("denied +POST example.org:443/docs/ rule_denied by routes\\[0\\]");
        (await TypeAsync("caisson diff tour")).Out.ShouldContain("+more");
        (await File.ReadAllTextAsync(repository.At("README"))).ShouldBe("hello\n");
        await TypeAsync("caisson apply tour");
        (await File.ReadAllTextAsync(repository.At("README"))).ShouldBe("hello\nmore\n");
        await TypeAsync("caisson rm tour");
        home.Write("policies/default.md", policies[1]);
        await TypeAsync("caisson credential set anthropic", "sk-ant-not-a-key\n");
        (await TypeAsync("caisson auth link")).Out.ShouldMatch("^http://127\\.0\\.0\\.1:[0-9]+/login#");
        // docs/agents.md
        (await TypeAsync("caisson agent list")).Out.ShouldContain("claude");
        // docs/recordings.md
        recording = await RecordAsync();
        (await TypeAsync("caisson recording ls")).Out.ShouldContain(recording);
        await TypeAsync("caisson recording export r-… --format v2 -o session.cast");
        (await File.ReadAllTextAsync(repository.At("session.cast"))).ShouldContain("said to be kept");
        (await TypeAsync("caisson recording verify")).Code.ShouldBe(0);
        await TypeAsync("caisson recording hold r-…");
        (await ShellAsync($"caisson recording hold {recording} --release")).ShouldSucceed();
        await TypeAsync("caisson recording rm r-…");
        (await ShellAsync("caisson recording ls")).ShouldSucceed().Out.ShouldNotContain(recording);

        left.Distinct()
            .Order()
            .ShouldBe(NotRun.Keys.Order(), "a command that the documents show is neither typed here nor named with a reason");

        async Task<Outcome> TypeAsync(string command, string input = "")
        {
            left.RemoveAll(other => other == command).ShouldBeGreaterThan(0, $"no document shows this any more: {command}");
            return (await ShellAsync(command.Replace("r-…", recording, StringComparison.Ordinal), input)).ShouldSucceed();
        }

        async Task<string> RecordAsync()
        {
            home.Write("policies/recorded.md", "---\ndescription: Records its terminals\nrecording: on\n---\n");
            using var run = Process.Start(
                Describe("caisson run --policy recorded --name recorded --yes -- sh -c 'echo up; exec sleep 1000'")
            )!;
            using var limit = new CancellationTokenSource(Command.Limit);
            (await run.StandardOutput.ReadLineAsync(limit.Token)).ShouldBe("up");
            using var api = new ServerApi(home.Path);
            var sandboxes = (await api.GetAsync("sandboxes"))["items"]!.AsArray();
            var sandbox = (string)sandboxes.Single(one => (string?)one!["name"] == "recorded")!["id"]!;
            var terminal = await api.CreateTerminalAsync(sandbox, "echo said to be kept");
            JsonNode info;
            while ((string)(info = await api.GetAsync($"terminals/{terminal}/recording"))["state"]! != "ended")
                await Task.Delay(20, limit.Token);
            (await ShellAsync("caisson rm recorded")).ShouldSucceed();
            await run.WaitForExitAsync(limit.Token);
            return (string)info["id"]!;
        }

        Task<Outcome> ShellAsync(string line, string input = "") => Command.RunAsync(Describe(line), input);

        ProcessStartInfo Describe(string line) =>
            Command.Describe(
                "/bin/bash",
                ["-c", line],
                repository.Path,
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["CAISSON_HOME"] = home.Path,
                    ["PATH"] = $"{Programs.Directory}:{Environment.GetEnvironmentVariable("PATH")}",
                }
            );
    }

    /// <summary>Commands in a document's blocks, without what the shell would take for a comment.</summary>
    private static IEnumerable<string> Typed(string document) =>
        Blocks(document)
            .SelectMany(block => block.Split('\n'))
            .Select(line => TypedLine().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["text"].Value.TrimEnd());

    private static IEnumerable<string> Blocks(string document) =>
        Block().Matches(File.ReadAllText(Path.Combine(Programs.Root, document))).Select(match => match.Groups["text"].Value);

    [GeneratedRegex(@"^```[a-z]*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\s*(?:\$ )?(?<text>caisson .*?)(?:\s+#.*)?$")]
    private static partial Regex TypedLine();
}
