using System.IO.Enumeration;

namespace Caisson.Workspaces.Templates;

/// <summary>
/// The files of a template's project that reach a workspace: not those that <c>.caisson-exclude</c> names (a path or a pattern a line), and nothing of
/// a repository that the folder itself is: no history, no remote, no credential of the template's source.
/// </summary>
internal static class ProjectFiles
{
    private const string ExcludeFile = ".caisson-exclude";

    /// <summary>Files and links in order, with their path below the folder. Links are not followed.</summary>
    internal static IEnumerable<(string Path, string Full)> Of(string folder)
    {
        var exclude = Path.Combine(folder, ExcludeFile);
        var patterns = File.Exists(exclude)
            ? File.ReadAllLines(exclude)
                .Select(line => line.Trim().Trim('/'))
                .Where(line => line.Length > 0 && !line.StartsWith('#'))
                .ToList()
            : [];
        return Walk(folder, "", patterns);
    }

    private static IEnumerable<(string Path, string Full)> Walk(string directory, string above, List<string> patterns)
    {
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var path = above.Length == 0 ? entry.Name : $"{above}/{entry.Name}";
            if (entry.Name is ".git" or ExcludeFile || patterns.Exists(pattern => Excludes(pattern, path, entry.Name)))
                continue;
            if (entry is DirectoryInfo && entry.LinkTarget is null)
            {
                foreach (var below in Walk(entry.FullName, path, patterns))
                    yield return below;
            }
            else if (entry.LinkTarget is not null || entry is FileInfo)
                yield return (path, entry.FullName);
        }
    }

    /// <summary>A pattern without a slash is for names anywhere, as in <c>.gitignore</c>.</summary>
    private static bool Excludes(string pattern, string path, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, pattern.Contains('/', StringComparison.Ordinal) ? path : name, ignoreCase: false);
}
