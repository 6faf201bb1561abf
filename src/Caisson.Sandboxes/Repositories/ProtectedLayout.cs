using System.Text;

namespace Caisson.Sandboxes.Repositories;

/// <summary>
/// How a repository is mounted so that its protected paths stay closed while the rest is writable. Only reads; <see cref="Placeholders"/>
/// makes what is missing.
/// </summary>
/// <param name="Mounts">Paths relative to the root in the order in which they have to be mounted, and whether each is writable.</param>
/// <param name="Missing">Protected paths that do not exist yet: what is not there can't be a mount point, and an agent could bring it into being.</param>
/// <param name="Repositories">Every <c>.git</c> at or below the root, relative to it.</param>
public sealed record ProtectedLayout(
    IReadOnlyList<(string Path, bool Writable)> Mounts,
    IReadOnlyList<Placeholder> Missing,
    IReadOnlyList<string> Repositories
)
{
    /// <param name="root">The repository on the host.</param>
    /// <param name="unsafeWritable">Protected paths that the policy opens, relative to the root.</param>
    /// <param name="more">Further directories to close, relative to the root: where git's own configuration says that hooks are.</param>
    /// <exception cref="SandboxException"><c>protected_path</c>: a protected path is a link, which no mount can hold in place.</exception>
    public static ProtectedLayout Of(string root, IReadOnlyList<string> unsafeWritable, IReadOnlyList<string>? more = null)
    {
        var builder = new Builder(root, unsafeWritable);
        var repositories = RepositoryScan.Find(root);
        foreach (var git in repositories)
            builder.Repository(git);
        builder.WorkingTree("");
        foreach (var directory in more ?? [])
            builder.Close(directory, PlaceholderKind.Directory);
        return builder.Build(repositories);
    }

    private sealed class Builder(string root, IReadOnlyList<string> unsafeWritable)
    {
        private readonly HashSet<string> open = [.. unsafeWritable.Select(path => path.Trim('/'))];
        private readonly Dictionary<string, bool> mounts = new(StringComparer.Ordinal);
        private readonly List<Placeholder> missing = [];

        internal void Repository(string git)
        {
            if (File.Exists(Path.Combine(root, git)))
            {
                // A worktree or submodule: one line that says where the repository is. Exchanged, it would name an evil one.
                Close(git, PlaceholderKind.File);
            }
            else
            {
                Git(git);
                foreach (var module in RepositoryScan.Modules(root, git))
                    Git(module);
                foreach (var worktree in RepositoryScan.Worktrees(root, git))
                {
                    foreach (var name in new[] { "commondir", "gitdir", "config.worktree" })
                        Close(Path.Combine(worktree, name), PlaceholderKind.File);
                }
            }
            if (Path.GetFileName(git) == ".git" && Path.GetDirectoryName(git) is { Length: > 0 } nested)
                WorkingTree(nested);
        }

        internal void WorkingTree(string top)
        {
            foreach (var name in ProtectedPaths.Directories)
                Close(Path.Combine(top, name), PlaceholderKind.Directory);
            foreach (var name in ProtectedPaths.Files)
            {
                // A settings file's directory is closed whole where it does not exist: nobody needs an empty one.
                var parent = Path.GetDirectoryName(name);
                if (string.IsNullOrEmpty(parent) || Directory.Exists(Path.Combine(root, top, parent)))
                    Close(
                        Path.Combine(top, name),
                        name.EndsWith(".json", StringComparison.Ordinal) ? PlaceholderKind.Json : PlaceholderKind.File
                    );
                else
                    Close(Path.Combine(top, parent), PlaceholderKind.Directory);
            }
        }

        internal void Close(string path, PlaceholderKind kind)
        {
            // Pinned: a directory that is a mount point can't be renamed away with what it protects.
            foreach (var parent in Parents(path))
                Pin(parent);
            if (open.Contains(path))
                return;
            Expect(path, kind);
            mounts[path] = false;
            // What the policy opens may lie below what is closed.
            foreach (var inner in open.Where(inner => inner.StartsWith(path + "/", StringComparison.Ordinal)))
            {
                Expect(inner, PlaceholderKind.File);
                mounts[inner] = true;
            }
        }

        internal ProtectedLayout Build(IReadOnlyList<string> repositories) =>
            new(
                // From the outside in: a later mount would cover an earlier one below it.
                [
                    .. mounts
                        .OrderBy(mount => mount.Key.Count(letter => letter == '/'))
                        .ThenBy(mount => mount.Key, StringComparer.Ordinal)
                        .Select(mount => (mount.Key, mount.Value)),
                ],
                missing,
                repositories
            );

        private void Git(string git)
        {
            foreach (var (name, kind) in ProtectedPaths.InGit)
                Close(Path.Combine(git, name), kind);
        }

        private void Pin(string path)
        {
            RefuseLink(path);
            mounts.TryAdd(path, true);
        }

        private void Expect(string path, PlaceholderKind kind)
        {
            RefuseLink(path);
            if (!Path.Exists(Path.Combine(root, path)) && !missing.Exists(known => known.Path == path))
                missing.Add(new Placeholder(path, kind));
        }

        private void RefuseLink(string path)
        {
            if (new FileInfo(Path.Combine(root, path)).LinkTarget is { } target)
            {
                throw new SandboxException(
                    "protected_path",
                    $"{Path.Combine(root, path)} is a symbolic link (to {target}): no mount can keep an agent from exchanging it.",
                    "Start with --repo clone or copy, or open the path with filesystem.unsafe_writable."
                );
            }
        }
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }
}

/// <summary>What a missing protected path is filled with. Each content means the same to its reader as no file.</summary>
public enum PlaceholderKind
{
    File,
    Json,
    Directory,

    /// <summary>git's <c>commondir</c> names the directory that configuration and hooks are read from: here this one itself.</summary>
    CommonDirectory,
}

/// <param name="Path">Relative to the repository's root.</param>
public sealed record Placeholder(string Path, PlaceholderKind Kind)
{
    internal byte[] Content =>
        Kind switch
        {
            PlaceholderKind.Json => "{}\n"u8.ToArray(),
            PlaceholderKind.CommonDirectory => Encoding.ASCII.GetBytes(".\n"),
            _ => [],
        };
}
