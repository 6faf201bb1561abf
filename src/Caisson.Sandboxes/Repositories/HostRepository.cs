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
        var url = Text(output);
        return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length > 0
            ? new UriBuilder(parsed) { UserName = "", Password = "" }.Uri.ToString()
            : url;
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
            if (relative is not "." && !relative.StartsWith("..", StringComparison.Ordinal) && !relative.StartsWith(".git/", StringComparison.Ordinal))
                paths.Add(relative);
        }
        return paths;
    }

    /// <summary>Files of the working tree that differ from HEAD or are new, ignored ones and <c>.env*</c> left out; and those deleted.</summary>
    public async Task<(IReadOnlyList<string> Present, IReadOnlyList<string> Deleted)> ChangedAsync(CancellationToken cancellation)
    {
        var others = List(await _git.RunAsync(["ls-files", "-z", "--others", "--exclude-standard"], cancellation));
        var changed = List(await _git.RunAsync(["ls-files", "-z", "--modified"], cancellation));
        var deleted = List(await _git.RunAsync(["ls-files", "-z", "--deleted"], cancellation));
        var staged = Head is null
            ? List(await _git.RunAsync(["ls-files", "-z", "--cached"], cancellation))
            : List(await _git.RunAsync(["diff", "--cached", "--name-only", "-z", "--no-renames"], cancellation));
        var present = others
            .Concat(changed)
            .Concat(staged)
            .Distinct()
            .Except(deleted)
            .Where(IsCopied)
            .Where(path => Exists(Path.Combine(Root, path)));
        return (
            [.. present.Order(StringComparer.Ordinal)],
            [.. deleted.Concat(staged.Where(path => !Exists(Path.Combine(Root, path)))).Distinct()]
        );
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

    private static IReadOnlyList<string> List(string text) => text.Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(MemoryStream stream) =>
        System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length).TrimEnd('\n');
}
