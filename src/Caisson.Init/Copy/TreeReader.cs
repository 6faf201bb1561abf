using System.Text;
using Caisson.Init.Kernel;

namespace Caisson.Init.Copy;

/// <summary>Something found while walking a tree.</summary>
/// <param name="Path">Path below the root.</param>
/// <param name="Status">What it is.</param>
/// <param name="Link">Target of a symbolic link, or null.</param>
/// <param name="File">Descriptor of a file's content, to be closed by who takes it; else -1.</param>
internal sealed record TreeEntry(string Path, FileStatus Status, string? Link, int File);

/// <summary>Walks a tree beneath a root, one entry at a time, parents first. Links are entries, never ways.</summary>
internal sealed unsafe class TreeReader : IDisposable
{
    private readonly Stack<(int Directory, string Prefix, Queue<string> Names)> _open = new();

    internal TreeReader(string root, IReadOnlyList<string> paths)
    {
        var descriptor = Libc.Open(root, OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new KernelException($"opening the directory {root}", Libc.Errno);
        }

        var names = paths.Count > 0 ? new Queue<string>(paths) : List(descriptor);
        _open.Push((descriptor, "", names));
    }

    /// <summary>The next entry, or null at the end.</summary>
    internal TreeEntry? Next()
    {
        while (_open.TryPeek(out var top))
        {
            if (!top.Names.TryDequeue(out var name))
            {
                _ = Libc.Close(_open.Pop().Directory);
            }
            else if (Read(top.Directory, top.Prefix, name) is { } entry)
            {
                return entry;
            }
        }

        return null;
    }

    public void Dispose()
    {
        while (_open.TryPop(out var top))
        {
            _ = Libc.Close(top.Directory);
        }
    }

    // Null for what is gone meanwhile, and for sockets, pipes and devices, which mean nothing elsewhere.
    private TreeEntry? Read(int directory, string prefix, string name)
    {
        // A path below a directory is taken apart by the kernel, beneath that directory.
        const int Look = OpenFlags.PathOnly | OpenFlags.CloseOnExec;
        var found = Libc.OpenBeneath(directory, name, Look | OpenFlags.NoFollow);
        if (found < 0 || !Libc.TryGetStatus(found, "", out var status))
        {
            Close(found);
            return null;
        }

        var path = prefix + name;
        var link = status.IsLink ? ReadLink(found) : null;
        var content = -1;
        if (status.IsDirectory || status.IsFile)
        {
            // Opened anew through the first descriptor, so that it is the very file that was looked at.
            content = Libc.Open($"/proc/self/fd/{found}", OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        }

        Close(found);
        if (status.IsDirectory && content >= 0)
        {
            _open.Push((content, path + "/", List(content)));
            content = -1;
        }

        return status.IsDirectory || status.IsLink || content >= 0 ? new TreeEntry(path, status, link, content) : null;
    }

    private static string ReadLink(int link)
    {
        var target = stackalloc byte[4096];
        var length = (int)Libc.ReadLinkAt(link, "", target, 4096);
        return length > 0 ? Encoding.UTF8.GetString(target, length) : "";
    }

    private static Queue<string> List(int directory)
    {
        var names = ProcFiles.Names(directory);
        names.Sort(StringComparer.Ordinal);
        return new Queue<string>(names);
    }

    private static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }
    }
}
