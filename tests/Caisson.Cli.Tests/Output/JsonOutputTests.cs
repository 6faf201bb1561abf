using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Caisson.Api;
using Caisson.Cli.Output;

namespace Caisson.Cli.Tests.Output;

/// <summary>
/// What <c>--json</c> prints, verb by verb, as <c>docs/output.schema.json</c> promises it. A difference is a change of what scripts rely on: when it is
/// meant, run the tests with <c>CAISSON_UPDATE=1</c> and say so in the commit.
/// </summary>
public sealed class JsonOutputTests
{
    /// <summary>Verbs that print a program's own output, the server program's, or nothing.</summary>
    private static readonly string[] WithoutData =
    [
        "resume",
        "attach",
        "exec",
        "stop",
        "rm",
        "apply",
        "credential set",
        "credential rm",
        "auth logout",
        "auth token rm",
        "serve",
        "config show",
        "config check",
        "config schema",
        "workspace start",
        "workspace stop",
        "workspace restart",
        "workspace open",
        "job log",
        "recording export",
        "completion",
        "man",
    ];

    private static readonly string Document = Path.Combine(SourceTree(), "docs", "output.schema.json");

    public static TheoryData<string> Verbs { get; } =
    [.. Leaves().Where(leaf => Verb.DataOf(leaf.Command) is not null).Select(leaf => leaf.Name)];

    [Fact]
    public void EveryVerb_SaysWhatItPrints_OrIsKnownToPrintNone() =>
        Leaves().Where(leaf => Verb.DataOf(leaf.Command) is null).Select(leaf => leaf.Name).ShouldBe(WithoutData, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Schema_IsAsDocumented(string verb)
    {
        var now = Schemas();
        if (Environment.GetEnvironmentVariable("CAISSON_UPDATE") == "1")
            File.WriteAllText(Document, now.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        var documented = JsonNode.Parse(File.ReadAllText(Document))!["$defs"]![verb];
        JsonNode.DeepEquals(documented, now["$defs"]![verb]).ShouldBeTrue($"{verb}: {now["$defs"]![verb]!.ToJsonString()}");
    }

    [Fact]
    public void TheDocument_HasNothingElse() =>
        JsonNode.Parse(File.ReadAllText(Document))!["$defs"]!
            .AsObject()
            .Select(entry => entry.Key)
            .ShouldBe(Verbs.Select(row => row.Data).Append("problem"), ignoreOrder: true);

    [Fact]
    public async Task AVerb_PrintsOneDocument_ThatHasWhatItsSchemaRequires()
    {
        var (_, output, _) = await CapturedConsole.RunAsync("doctor", "--json");
        var findings = JsonNode.Parse(output)!["findings"]!.AsArray();
        findings.ShouldNotBeEmpty();
        findings.ShouldAllBe(finding => finding!["code"] != null && finding["severity"] != null && finding["message"] != null);

        var (_, lines, _) = await CapturedConsole.RunAsync("doctor", "--format", "jsonl");
        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(findings.Count);
        output.ShouldNotContain('\u001b');
    }

    [Fact]
    public async Task Quiet_LeavesWordsOut_AndErrorsIn()
    {
        (await CapturedConsole.RunAsync("policy", "check", "/nowhere.md")).Words.ShouldContain("1 checked");
        var (found, _, words) = await CapturedConsole.RunAsync("policy", "check", "/nowhere.md", "--quiet");
        (found, words).ShouldBe((ExitCode.Configuration, ""));
        var (code, _, error) = await CapturedConsole.RunAsync("run", "--quiet");
        code.ShouldBe(ExitCode.Usage);
        error.ShouldStartWith("caisson: ");
    }

    private static JsonObject Schemas()
    {
        var verbs = new JsonObject();
        foreach (var (name, command) in Leaves().Where(leaf => Verb.DataOf(leaf.Command) is not null))
            verbs[name] = Verb.DataOf(command)!.GetJsonSchemaAsNode();
        verbs["problem"] = ApiJson.Default.Problem.GetJsonSchemaAsNode();
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "What --json prints: data of each verb on standard output, a problem on standard error",
            ["$defs"] = verbs,
        };
    }

    private static IEnumerable<(string Name, Command Command)> Leaves() => Leaves(CommandLine.Create(), "");

    private static IEnumerable<(string Name, Command Command)> Leaves(Command verb, string name) =>
        verb.Subcommands.Count == 0
            ? [(name, verb)]
            : verb.Subcommands.Where(inner => !inner.Hidden).SelectMany(inner => Leaves(inner, $"{name} {inner.Name}".TrimStart()));

    private static string SourceTree()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caisson.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests do not run below the source tree.");
    }
}
