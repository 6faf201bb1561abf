using System.Globalization;
using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests.Rules;

public class BuiltInRuleTests
{
    private static readonly Scanner Scanner = new(BuiltInRules.All, KnownIndex.Empty, Fingerprints.Ephemeral(), ScanLimits.Default);

    public static TheoryData<string> Files => [.. BuiltInRules.Files()];

    public static TheoryData<string> Ids => [.. BuiltInRules.All.All.Select(rule => rule.Rule.Id)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Loads_WithEveryExampleTried(string file) => BuiltInRules.Read(file, tryExamples: true).Errors.ShouldBeEmpty();

    [Fact]
    public void Has_EachIdOnce() => BuiltInRules.All.All.GroupBy(rule => rule.Rule.Id).Where(group => group.Count() > 1).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Ids))]
    public void Finds_ItsExamplesAndNotWhatLooksAlike(string id)
    {
        var rule = BuiltInRules.All.All.Single(rule => rule.Rule.Id == id).Rule;
        rule.Description.ShouldNotBeEmpty();
        rule.Examples.Count.ShouldBeGreaterThanOrEqualTo(2, id);
        rule.CounterExamples.Count.ShouldBeGreaterThanOrEqualTo(2, id);

        // In the middle of other text, through the whole engine.
        foreach (var example in rule.Examples)
            Scanner.Scan(Encoding.UTF8.GetBytes($"some text\n{example}\nmore text")).ShouldContain(finding => finding.Rule == id, example);
        foreach (var example in rule.CounterExamples)
            Scanner
                .Scan(Encoding.UTF8.GetBytes($"some text\n{example}\nmore text"))
                .ShouldNotContain(finding => finding.Rule == id, example);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Finds_ItsFirstExampleInBase64(string id)
    {
        var example = BuiltInRules.All.All.Single(rule => rule.Rule.Id == id).Rule.Examples[0];
        foreach (var before in (string[])["", "x", "xy"])
        {
            var packed = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + "\n" + example + "\n"));
            Scanner
                .Scan(Encoding.ASCII.GetBytes($"data: {packed}"))
                .ShouldContain(finding => finding.Rule == id && finding.Chain.Contains("base64"), id);
        }
    }

    /// <summary>What a release promises, and room for rules that are taken back.</summary>
    [Fact]
    public void Knows_HundredsOfKinds() => BuiltInRules.All.All.Count.ShouldBeGreaterThanOrEqualTo(250);

    [Fact]
    public void ThePageNamesEveryKind()
    {
        const string Page = "docs/detection-rules.md";
        var text = new StringBuilder(
            """
            # Kinds of secrets

            What the built-in rules find, by file (`src/Caisson.Detection/Rules/BuiltIn`); beside them `seed-phrase`, the words of a wallet (BIP-39) with a right checksum. How they are
            looked for is in [detection](detection.md). Made by `CAISSON_UPDATE=1` and this project's tests.

            """
        );
        foreach (var file in BuiltInRules.Files())
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n## {Path.GetFileNameWithoutExtension(file)}\n\n| rule | finds | severity |\n|---|---|---|\n"
            );
            foreach (var rule in BuiltInRules.Read(file, tryExamples: false).Rules.Select(rule => rule.Rule))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{rule.Id}` | {rule.Description} | {rule.Severity.ToString().ToLowerInvariant()} |\n"
                );
        }
        var path = Path.Combine(SourceTree.Root, Page);
        if (Environment.GetEnvironmentVariable("CAISSON_UPDATE") == "1")
            File.WriteAllText(path, text.ToString());
        File.ReadAllText(path).ShouldBe(text.ToString(), $"{Page} is not what the files say: run this test with CAISSON_UPDATE=1");
    }
}
