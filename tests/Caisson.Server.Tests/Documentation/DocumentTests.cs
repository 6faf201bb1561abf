using System.Text.RegularExpressions;

namespace Caisson.Server.Tests.Documentation;

/// <summary>What the documents name has to exist.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Tests { get; } =
    [.. TestName().Matches(RepositoryFile.Read("docs/threat-model.md")).Select(match => match.Groups["path"].Value).Distinct()];

    [Theory]
    [MemberData(nameof(Tests))]
    public void ThreatModel_NamesTestsThatExist(string name)
    {
        var match = TestName().Match($"`{name}`");
        var folder = Path.Combine(RepositoryFile.Root, "tests", $"Caisson.{match.Groups["project"].Value}.Tests");
        var file = Directory
            .EnumerateFiles(folder, match.Groups["class"].Value + ".cs", SearchOption.AllDirectories)
            .ShouldHaveSingleItem();
        if (match.Groups["method"] is { Success: true, Value: var method })
            File.ReadAllText(file).ShouldContain($" {method}(");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("SECURITY.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/threat-model.md")]
    [InlineData("docs/cli.md")]
    [InlineData("docs/isolation.md")]
    [InlineData("docs/configuration.md")]
    [InlineData("docs/adr/0001-record-decisions.md")]
    public void Links_LeadSomewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(RepositoryFile.Root, document))!;
        foreach (var target in Link().Matches(RepositoryFile.Read(document)).Select(match => match.Groups["target"].Value))
            Path.Exists(Path.Combine(folder, target)).ShouldBeTrue($"{document}: {target}");
    }

    [Fact]
    public void EveryDecision_IsInTheList()
    {
        var list = RepositoryFile.Read("docs/adr/0001-record-decisions.md");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryFile.Root, "docs/adr"), "*.md").Select(Path.GetFileName))
        {
            if (file != "0001-record-decisions.md")
                list.ShouldContain($"({file})");
        }
    }

    [GeneratedRegex(
        @"`(?<path>(?<project>\w+)…/(?<class>\w+)(\.(?<method>\w+))?)`",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex TestName();

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)[)#]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
