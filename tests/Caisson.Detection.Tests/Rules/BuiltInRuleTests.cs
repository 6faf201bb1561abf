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
}
