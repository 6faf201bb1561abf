namespace Caisson.Sandboxes.Repositories;

/// <summary>
/// Files through which a change in a repository runs something on the host later: git's own configuration and hooks, settings of editors
/// and agents, start-up files of shells.
/// </summary>
public static class ProtectedPaths
{
    /// <summary>Below each <c>.git</c> directory.</summary>
    internal static readonly (string Name, PlaceholderKind Kind)[] InGit =
    [
        ("hooks", PlaceholderKind.Directory),
        ("info", PlaceholderKind.Directory),
        ("config", PlaceholderKind.File),
        ("config.worktree", PlaceholderKind.File),
        // With this file git would read configuration and hooks from wherever it points.
        ("commondir", PlaceholderKind.CommonDirectory),
    ];

    /// <summary>Directories at the top of a repository.</summary>
    internal static readonly string[] Directories = [".husky", ".vscode", ".idea"];

    /// <summary>Files at the top of a repository.</summary>
    internal static readonly string[] Files =
    [
        ".envrc",
        ".mcp.json",
        ".claude/settings.json",
        ".claude/settings.local.json",
        ".gemini/settings.json",
        ".codex/config.toml",
        "opencode.json",
        ".bashrc",
        ".bash_profile",
        ".bash_login",
        ".profile",
        ".zshrc",
        ".zshenv",
        ".zprofile",
        ".zlogin",
        ".gitmodules",
        ".gitconfig",
    ];

    /// <summary>Whether a path of a patch, relative to the repository's top, is protected. Compared without case: the host's file system may fold it.</summary>
    public static bool Covers(string path)
    {
        var parts = path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        // Anything named .git, at any depth, is git's own.
        if (parts.Any(part => part.Equals(".git", StringComparison.OrdinalIgnoreCase)))
            return true;
        if (parts.Any(part => Directories.Contains(part, StringComparer.OrdinalIgnoreCase)))
            return true;
        // Also in a nested project: an editor or agent opened there reads them.
        return Files.Any(file => EndsWith(parts, file.Split('/')))
            // A file or link in the place of such a file's directory.
            || Files
                .Select(file => Path.GetDirectoryName(file) ?? "")
                .Any(parent => parent.Length > 0 && EndsWith(parts, parent.Split('/')));
    }

    private static bool EndsWith(string[] parts, string[] tail) =>
        parts.Length >= tail.Length && parts[^tail.Length..].SequenceEqual(tail, StringComparer.OrdinalIgnoreCase);
}
