using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests;

/// <summary>Text in which there is no secret, and which therefore must pass: this project's own code and pages, with all that they say about secrets.</summary>
public class HonestTextTests
{
    private static readonly Scanner Scanner = new(BuiltInRules.All, KnownIndex.Empty, Fingerprints.Ephemeral(), ScanLimits.Default);

    [Theory]
    [InlineData("src")]
    [InlineData("docs")]
    public void OurOwnFiles_HoldNoSecret(string folder)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) is not (".cs" or ".md" or ".json" or ".yaml" or ".csproj"))
                continue;
            found.AddRange(
                Scanner
                    .Scan(File.ReadAllBytes(file))
                    .Select(finding => $"{finding.Rule} {Path.GetRelativePath(SourceTree.Root, file)} at {finding.Start} {finding.Preview}")
            );
        }

        found.ShouldBeEmpty();
    }
}
