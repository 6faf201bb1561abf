namespace Caisson.Sandboxes.Repositories;

/// <summary>Finds repositories on the host without running git in them. Links are not followed.</summary>
public static class RepositoryScan
{
    /// <summary>
    /// Every <c>.git</c>, directory or file, at or below the root, and every directory that git would take for a bare repository. What lies
    /// in <c>node_modules</c> is left out.
    /// </summary>
    public static IReadOnlyList<string> Find(string root)
    {
        var found = new List<string>();
        var pending = new Queue<string>([""]);
        while (pending.TryDequeue(out var relative))
        {
            foreach (var entry in Entries(Path.Combine(root, relative)))
            {
                var path = Path.Combine(relative, entry.Name);
                if (entry.Name.Equals(".git", StringComparison.OrdinalIgnoreCase))
                    found.Add(path);
                else if (entry is not DirectoryInfo || entry.LinkTarget is not null || entry.Name == "node_modules")
                    continue;
                else if (IsBare(entry.FullName))
                    found.Add(path);
                else
                    pending.Enqueue(path);
            }
        }
        return found;
    }

    /// <summary>The repositories of submodules, below <c>modules</c>.</summary>
    internal static IEnumerable<string> Modules(string root, string git)
    {
        var modules = Path.Combine(root, git, "modules");
        return Directory.Exists(modules)
            ? Directory
                .EnumerateFiles(modules, "HEAD", Below(4))
                .Select(head => Path.GetRelativePath(root, Path.GetDirectoryName(head)!))
                .Order(StringComparer.Ordinal)
            : [];
    }

    internal static IEnumerable<string> Worktrees(string root, string git)
    {
        var worktrees = Path.Combine(root, git, "worktrees");
        return Directory.Exists(worktrees)
            ? Directory
                .EnumerateDirectories(worktrees, "*", Below(0))
                .Select(directory => Path.GetRelativePath(root, directory))
                .Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>The three names by which git itself knows a repository.</summary>
    private static bool IsBare(string directory) =>
        Path.Exists(Path.Combine(directory, "HEAD"))
        && Directory.Exists(Path.Combine(directory, "objects"))
        && Directory.Exists(Path.Combine(directory, "refs"));

    private static IEnumerable<FileSystemInfo> Entries(string directory)
    {
        try
        {
            return
            [
                .. new DirectoryInfo(directory)
                    .EnumerateFileSystemInfos("*", Below(0))
                    .OrderBy(entry => entry.Name, StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            // Gone while we looked.
            return [];
        }
    }

    private static EnumerationOptions Below(int depth) =>
        new()
        {
            RecurseSubdirectories = depth > 0,
            MaxRecursionDepth = depth,
            AttributesToSkip = depth > 0 ? FileAttributes.ReparsePoint : FileAttributes.None,
            IgnoreInaccessible = true,
        };
}
