namespace Caisson.Sandboxes.Repositories;

/// <summary>What a patch from a sandbox touches, and its application to the caller's repository without running anything of either.</summary>
public static class PatchApplication
{
    /// <summary>Paths that the patch adds, changes, removes or renames.</summary>
    /// <exception cref="SandboxException"><c>patch_invalid</c>.</exception>
    public static async Task<IReadOnlyList<string>> FilesAsync(string directory, string patch, CancellationToken cancellation)
    {
        if (patch.Length == 0)
            return [];
        // The patch comes from inside. Ours never has these, and --numstat would name only one side of them.
        if (
            patch
                .Split('\n')
                .Any(line => line.StartsWith("rename ", StringComparison.Ordinal) || line.StartsWith("copy ", StringComparison.Ordinal))
        )
            throw new SandboxException("patch_invalid", "The patch renames or copies files, which a patch from a sandbox never does.");
        using var output = new MemoryStream();
        var (code, error) = await new HostGit(directory).RunAsync(["apply", "--numstat", "-z"], output, cancellation, patch);
        if (code != 0)
            throw new SandboxException("patch_invalid", $"The patch is not understood: {error.Trim()}");
        var entries = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return [.. entries.Select(entry => entry.Split('\t', 3)).Select(parts => parts[^1]).Where(path => path.Length > 0)];
    }

    /// <summary>Applies the patch to the working tree. All of it or nothing.</summary>
    /// <exception cref="SandboxException"><c>patch_conflict</c> or <c>protected_path</c>.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        string root,
        string patch,
        bool includeProtected,
        CancellationToken cancellation
    )
    {
        var files = await FilesAsync(root, patch, cancellation);
        var guarded = files.Where(ProtectedPaths.Covers).ToList();
        if (guarded.Count > 0 && !includeProtected)
        {
            throw new SandboxException(
                "protected_path",
                $"The patch changes files that can run something on this machine: {string.Join(", ", guarded)}. Nothing was applied.",
                "Read the patch (`caisson diff`), then apply it with --include-protected."
            );
        }
        if (files.Count == 0)
            return files;
        var git = new HostGit(root);
        var withoutFilters = await git.WithoutFiltersAsync(cancellation);
        using var output = new MemoryStream();
        var (code, error) = await git.RunAsync([.. withoutFilters, "apply", "--whitespace=nowarn", "-"], output, cancellation, patch);
        return code == 0
            ? files
            : throw new SandboxException(
                "patch_conflict",
                $"The patch does not apply to {root}: {error.Trim()} Nothing was applied.",
                "Commit or stash your own changes to these files, or apply on the commit that the sandbox started from."
            );
    }
}
