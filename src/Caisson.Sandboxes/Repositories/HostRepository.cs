namespace Caisson.Sandboxes.Repositories;

/// <summary>The caller's repository on the host: found from a directory, read, never changed here.</summary>
public sealed class HostRepository
{
    private readonly HostGit _git;

    private HostRepository(string root, string? head, string? branch)
    {
        Root = root;
        Head = head;
        Branch = branch;
        _git = new HostGit(root);
    }

    /// <summary>The top of the working tree.</summary>
    public string Root { get; }

    /// <summary>Commit that HEAD points to, or null in a repository without commits.</summary>
    public string? Head { get; }

    /// <summary>Branch that is checked out, or null when HEAD is detached.</summary>
    public string? Branch { get; }

    /// <summary>Last part of the path: the directory's name below <c>/workspace</c>.</summary>
    public string Name => Path.GetFileName(Root) is { Length: > 0 } name ? name : "repository";

    /// <summary>The repository that a directory lies in, or null when it lies in none.</summary>
    public static async Task<HostRepository?> FindAsync(string directory, CancellationToken cancellation)
    {
        if (!HasRepository(directory))
            return null;
        var git = new HostGit(directory);
        var root = (await git.RunAsync(["rev-parse", "--show-toplevel"], cancellation)).TrimEnd('\n');
        using var ignored = new MemoryStream();
        using var head = new MemoryStream();
        var (code, _) = await git.RunAsync(["rev-parse", "--verify", "-q", "HEAD"], head, cancellation);
        var commit = code == 0 ? Text(head) : null;
        using var branch = new MemoryStream();
        (code, _) = await git.RunAsync(["symbolic-ref", "-q", "--short", "HEAD"], branch, cancellation);
        return new HostRepository(root, commit, code == 0 ? Text(branch) : null);
    }

    /// <summary>All branches and tags as one bundle, which holds objects and names only: no configuration, no hook, no remote's URL.</summary>
    public async Task BundleAsync(Stream target, CancellationToken cancellation)
    {
        var (code, error) = await _git.RunAsync(["bundle", "create", "-q", "-", "HEAD", "--branches", "--tags"], target, cancellation);
        if (code != 0)
            throw new SandboxException("git_failed", $"The repository {Root} can't be read: {error.Trim()}");
    }

    /// <summary>URL of the remote <c>origin</c> without user and password, or null.</summary>
    public async Task<string?> OriginAsync(CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var (code, _) = await _git.RunAsync(["config", "--get", "remote.origin.url"], output, cancellation);
        if (code != 0)
            return null;
        return WithoutSecret(Text(output));
    }

    /// <summary>
    /// Cut by hand and not by a URL parser: a password with a character that a URL may not have would make that one fail. For ssh the user is part
    /// of the address and stays.
    /// </summary>
    internal static string WithoutSecret(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return url;
        var start = scheme + 3;
        var slash = url.IndexOf('/', start);
        var end = slash < 0 ? url.Length : slash;
        var at = url.LastIndexOf('@', end - 1, end - start);
        // A password may hold a slash, too: then the last @ of all ends it.
        if (
            at < 0
            && url.LastIndexOf('@') is var later
            && later > start
            && url.IndexOf(':', start) is var colon
            && colon > 0
            && colon < later
            && colon < end
        )
            at = later;
        if (at < 0)
            return url;
        var user = url[start..at].Split(':')[0];
        return url[..start] + (url.StartsWith("ssh", StringComparison.OrdinalIgnoreCase) ? user + "@" : "") + url[(at + 1)..];
    }

    /// <summary>
    /// Paths in the working tree, relative to the root, from which the repository's own configuration takes hooks or further configuration.
    /// </summary>
    public async Task<IReadOnlyList<string>> ConfiguredPathsAsync(CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var (code, _) = await _git.RunAsync(
            ["config", "--local", "-z", "--get-regexp", @"^(core\.hookspath|include\.path|includeif\..*\.path)$"],
            output,
            cancellation
        );
        if (code != 0)
            return [];
        var paths = new List<string>();
        foreach (var entry in List(System.Text.Encoding.UTF8.GetString(output.ToArray())))
        {
            if (entry.Split('\n', 2) is not [var key, var value] || value.StartsWith('~'))
                continue;
            // Hooks are looked for from the top of the working tree, includes from the file that names them.
            var from = key.StartsWith("core.", StringComparison.OrdinalIgnoreCase) ? Root : Path.Combine(Root, ".git");
            var relative = Path.GetRelativePath(Root, Path.GetFullPath(value, from));
            if (
                relative is not "."
                && !relative.StartsWith("..", StringComparison.Ordinal)
                && !relative.StartsWith(".git/", StringComparison.Ordinal)
            )
                paths.Add(relative);
        }
        return paths;
    }

    /// <summary>Files of the working tree that differ from HEAD or are new, ignored ones and <c>.env*</c> left out; and those deleted.</summary>
    public async Task<(IReadOnlyList<string> Present, IReadOnlyList<string> Deleted)> ChangedAsync(CancellationToken cancellation)
    {
        // Comparing a file with the index runs its filter driver where one is configured.
        var plain = await _git.WithoutFiltersAsync(cancellation);
        var others = await ListAsync("--others", "--exclude-standard");
        var changed = await ListAsync("--modified");
        var deleted = await ListAsync("--deleted");
        var staged = Head is null
            ? await ListAsync("--cached")
            : List(
                await _git.RunAsync(
                    ["diff", "--cached", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules"],
                    cancellation
                )
            );
        var present = others
            .Concat(changed)
            .Concat(staged)
            .Distinct()
            .Except(deleted)
            .Where(IsCopied)
            .Where(path => Exists(Path.Combine(Root, path)));
        return (
            [.. present.Order(StringComparer.Ordinal)],
            [
                .. deleted
                    .Concat(staged.Where(path => !Path.Exists(Path.Combine(Root, path))))
                    .Where(path => !Exists(Path.Combine(Root, path)))
                    .Distinct(),
            ]
        );

        async Task<IReadOnlyList<string>> ListAsync(params string[] which) =>
            List(await _git.RunAsync([.. plain, "ls-files", "-z", .. which], cancellation));
    }

    /// <summary>Environment files hold secrets by custom and are never copied.</summary>
    internal static bool IsCopied(string path) => !Path.GetFileName(path).StartsWith(".env", StringComparison.Ordinal);

    private static bool Exists(string path) => new FileInfo(path) is var info && (info.Exists || info.LinkTarget is not null);

    private static bool HasRepository(string directory)
    {
        for (var current = new DirectoryInfo(directory); current is not null; current = current.Parent)
        {
            if (Path.Exists(Path.Combine(current.FullName, ".git")))
                return true;
        }
        return false;
    }

    /// <exception cref="SandboxException"><c>not_supported</c>: a name is no UTF-8; it would be left out in silence.</exception>
    private static IReadOnlyList<string> List(string text)
    {
        var names = text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(names, name => name.Contains('\uFFFD')) is { } broken
            ? throw new SandboxException(
                "not_supported",
                $"The file name {broken} is not UTF-8.",
                "Rename it, or start with --repo clone or mount."
            )
            : names;
    }

    private static string Text(MemoryStream stream) =>
        System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length).TrimEnd('\n');
}
