using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>repositories</c>: a URL, or a block of <c>url</c> and <c>directory</c>, each.</summary>
internal static class TemplateRepositories
{
    internal static IReadOnlyList<TemplateRepository> Read(SectionReader section)
    {
        var repositories = new List<TemplateRepository>();
        foreach (var (node, path) in section.Items("repositories"))
        {
            var block = node is YamlMapping ? SectionReader.Open(node, path, section.Context, ["url", "directory"]) : null;
            var url = block is null ? SectionValues.TextOf(node, path, section.Context) : block.Text("url")?.Value;
            if (url is null)
            {
                if (block is not null)
                    section.Context.Error(node.Place, path, "needs a `url`");
                continue;
            }
            if (
                !url.StartsWith("https://", StringComparison.Ordinal)
                || url.Contains('@', StringComparison.Ordinal)
                || url.Any(char.IsWhiteSpace)
            )
            {
                section.Context.Error(
                    node.Place,
                    path,
                    "must be an https:// URL without a user or password; what may be fetched is the policy's word"
                );
                continue;
            }
            var directory = block?.Text("directory")?.Value ?? Stem(url);
            if (!IsFolder(directory))
                section.Context.Error(
                    node.Place,
                    path,
                    $"'{LoadContext.Shown(directory)}' is no name of a folder; give one with `directory`"
                );
            else if (repositories.Exists(other => other.Directory == directory))
                section.Context.Error(
                    node.Place,
                    path,
                    $"a second repository would go to ~/projects/{directory}; give another `directory`"
                );
            else
                repositories.Add(new TemplateRepository(url, directory));
        }
        return repositories;
    }

    private static string Stem(string url)
    {
        var last = url.TrimEnd('/').Split('/')[^1];
        return last.EndsWith(".git", StringComparison.Ordinal) ? last[..^4] : last;
    }

    private static bool IsFolder(string name) =>
        name.Length is > 0 and <= 100
        && name[0] is not ('.' or '-')
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
}
