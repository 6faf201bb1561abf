using Caisson.Policy.Yaml;

namespace Caisson.Policy.Loading;

/// <summary>Splits a Markdown file into its YAML front matter, between two lines <c>---</c>, and its body.</summary>
/// <param name="Yaml">The lines between, which begin in line 2 of the file.</param>
/// <param name="Body">What follows, trimmed.</param>
internal readonly record struct FrontMatter(string Yaml, string Body)
{
    public static bool TrySplit(string text, out FrontMatter parts, out Place place, out string problem)
    {
        (parts, place, problem) = (default, new Place(1, 1), "");
        var lines = text.TrimStart('\uFEFF').Split('\n');
        if (lines[0].TrimEnd() != "---")
        {
            problem = "has no front matter: the first line must be '---', then keys, then another '---'";
            return false;
        }
        for (var index = 1; index < lines.Length; index++)
        {
            if (lines[index].TrimEnd() != "---")
                continue;
            parts = new FrontMatter(string.Join('\n', lines[1..index]), string.Join('\n', lines[(index + 1)..]).Trim());
            return true;
        }
        problem = "has a front matter that is not closed: a line '---' must follow the keys";
        return false;
    }
}
