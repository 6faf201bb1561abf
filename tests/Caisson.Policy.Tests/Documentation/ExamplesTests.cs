using System.Text.RegularExpressions;
using Caisson.Policy.Composition;
using Caisson.Policy.Loading;
using Caisson.Policy.Sections;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Documentation;

/// <summary>The user pages say what is true.</summary>
public sealed partial class ExamplesTests
{
    public static TheoryData<string, int> Examples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var page in new[] { "policy.md", "credentials.md" })
            {
                for (var number = 0; number < Blocks(page).Length; number++)
                    data.Add(page, number);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void EveryExample_LoadsWithoutErrorOrWarning(string page, int number)
    {
        var loaded = PolicyLoader.Parse(Blocks(page)[number], "example.md", Text.Options);
        loaded.Errors.ShouldBeEmpty();
        var composed = PolicyComposer.Compose([loaded.Policy!]);
        composed.Errors.ShouldBeEmpty();
        composed.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void ThePages_HaveExamples() => Examples.Count.ShouldBeGreaterThanOrEqualTo(4);

    [Fact]
    public void EveryTopLevelKey_IsOnThePage()
    {
        var page = Page("policy.md");
        foreach (var key in PolicyReader.Keys)
            Regex.IsMatch(page, $@"\| `{key}[`.\[]").ShouldBeTrue(key);
        foreach (var key in PolicyReader.Later)
            page.ShouldContain($"`{key}`");
    }

    private static string[] Blocks(string page) => [.. Fence().Matches(Page(page)).Select(match => match.Groups["yaml"].Value)];

    private static string Page(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Caisson.slnx")))
            directory = directory.Parent;
        return File.ReadAllText(Path.Combine(directory.FullName, "docs", name));
    }

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();
}
