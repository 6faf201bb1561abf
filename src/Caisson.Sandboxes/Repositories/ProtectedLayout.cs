namespace Caisson.Sandboxes.Repositories;

/// <summary>
/// The mounts that keep a repository's protected paths closed while the rest is writable. Protected names that do not exist yet are made,
/// empty: what is not there can't be a mount point, and an agent could otherwise bring it into being.
/// </summary>
public static class ProtectedLayout
{
    /// <summary>Paths relative to the root in the order in which they have to be mounted, and whether each stays writable.</summary>
    /// <param name="root">The repository on the host.</param>
    /// <param name="unsafeWritable">Protected paths that the policy opens, relative to the root.</param>
    public static IReadOnlyList<(string Path, bool Writable)> Of(string root, IReadOnlyList<string> unsafeWritable)
    {
        var open = unsafeWritable.Select(path => path.Trim('/')).ToHashSet(StringComparer.Ordinal);
        var mounts = new List<(string Path, bool Writable)>();
        foreach (var git in GitDirectories(root))
        {
            // Pinned first: a directory that is a mount point can't be renamed away with what it protects.
            foreach (var parent in Parents(git).Append(git))
                Add(parent, writable: true);
            foreach (var name in ProtectedPaths.InGit)
                Close(Path.Combine(git, name), directory: name is "hooks" or "info");
            foreach (var module in Modules(root, git))
            {
                foreach (var parent in Parents(module).Append(module))
                    Add(parent, writable: true);
                Close(Path.Combine(module, "hooks"), directory: true);
                Close(Path.Combine(module, "config"), directory: false);
            }
        }
        foreach (var name in ProtectedPaths.Directories)
            Close(name, directory: true);
        foreach (var name in ProtectedPaths.Files)
        {
            // A settings file's directory is pinned whole when it exists; making .claude/ and the like in every repository would be litter.
            var parent = Path.GetDirectoryName(name);
            if (string.IsNullOrEmpty(parent))
                Close(name, directory: false);
            else if (Directory.Exists(Path.Combine(root, parent)))
            {
                Add(parent, writable: true);
                Close(name, directory: false);
            }
            else
                Close(parent, directory: true);
        }
        return mounts;

        void Add(string path, bool writable)
        {
            if (!mounts.Exists(mount => mount.Path == path))
                mounts.Add((path, writable));
        }

        void Close(string path, bool directory)
        {
            if (open.Contains(path))
                return;
            var full = Path.Combine(root, path);
            if (!Path.Exists(full) && new FileInfo(full).LinkTarget is null)
            {
                if (directory)
                    Directory.CreateDirectory(full);
                else
                    File.WriteAllBytes(full, []);
            }
            Add(path, writable: false);
        }
    }

    /// <summary>Every <c>.git</c> directory at or below the root, relative to it. Links are not followed.</summary>
    private static IEnumerable<string> GitDirectories(string root)
    {
        var pending = new Queue<string>([""]);
        while (pending.TryDequeue(out var relative))
        {
            foreach (var entry in new DirectoryInfo(Path.Combine(root, relative)).EnumerateDirectories())
            {
                if (entry.LinkTarget is not null)
                    continue;
                var path = Path.Combine(relative, entry.Name);
                if (entry.Name == ".git")
                    yield return path;
                else if (entry.Name != "node_modules")
                    pending.Enqueue(path);
            }
        }
    }

    private static IEnumerable<string> Modules(string root, string git)
    {
        var modules = Path.Combine(root, git, "modules");
        return Directory.Exists(modules)
            ? Directory
                .EnumerateFiles(modules, "HEAD", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.ReparsePoint })
                .Select(head => Path.GetRelativePath(root, Path.GetDirectoryName(head)!))
            : [];
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }
}
