using Caisson.Init.Kernel;

namespace Caisson.Init.Copy;

/// <summary>
/// Makes files beneath a root. Each path is resolved by the kernel beneath the root's descriptor and each name is made anew, so neither a link in
/// the archive nor a rename by a running agent leads a write elsewhere.
/// </summary>
internal sealed unsafe class TreeWriter : IDisposable
{
    private readonly int _root;

    internal TreeWriter(string root)
    {
        _root = Libc.Open(root, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
        if (_root < 0)
        {
            throw new KernelException($"opening the directory {root}", Libc.Errno);
        }
    }

    /// <summary>Makes a directory; one that is there stays, with its content.</summary>
    internal void MakeDirectory(string path, int mode)
    {
        var parent = OpenParent(path, out var name);
        try
        {
            if (Libc.MakeDirectoryAt(parent, name, mode | 0x1C0) != 0)
            {
                var number = Libc.Errno;
                if (number != Errno.Exists || !Libc.TryGetStatus(parent, name, out var status) || !status.IsDirectory)
                {
                    throw Refused(path, number);
                }
            }
        }
        finally
        {
            _ = Libc.Close(parent);
        }
    }

    /// <summary>Makes an empty file in place of what has its name, and returns a descriptor to write to.</summary>
    internal int MakeFile(string path, int mode)
    {
        var parent = OpenParent(path, out var name);
        try
        {
            Remove(parent, name, path);
            const int Flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec;
            var file = Libc.OpenAt(parent, name, Flags | OpenFlags.NoFollow, 0x180);
            if (file < 0)
            {
                throw Refused(path, Libc.Errno);
            }

            _ = Libc.ChangeMode(file, mode & 0x1FF);
            return file;
        }
        finally
        {
            _ = Libc.Close(parent);
        }
    }

    internal void MakeSymbolicLink(string path, string target)
    {
        var parent = OpenParent(path, out var name);
        try
        {
            Remove(parent, name, path);
            if (Libc.SymbolicLinkAt(target, parent, name) != 0)
            {
                throw Refused(path, Libc.Errno);
            }
        }
        finally
        {
            _ = Libc.Close(parent);
        }
    }

    /// <summary>Makes a second name of a file that was unpacked before.</summary>
    internal void MakeHardLink(string path, string existing)
    {
        var from = OpenParent(existing, out var fromName);
        try
        {
            var parent = OpenParent(path, out var name);
            try
            {
                Remove(parent, name, path);
                if (Libc.LinkAt(from, fromName, parent, name, 0) != 0)
                {
                    throw Refused(path, Libc.Errno);
                }
            }
            finally
            {
                _ = Libc.Close(parent);
            }
        }
        finally
        {
            _ = Libc.Close(from);
        }
    }

    internal static void Finish(int file, long modifiedSeconds)
    {
        var times = stackalloc long[4] { modifiedSeconds, 0, modifiedSeconds, 0 };
        _ = Libc.SetTimes(file, times);
        _ = Libc.Close(file);
    }

    public void Dispose() => _ = Libc.Close(_root);

    private int OpenParent(string path, out string name)
    {
        var slash = path.LastIndexOf('/');
        name = path[(slash + 1)..];
        var parent = slash < 0 ? "." : path[..slash];
        var descriptor = Open(parent);
        if (descriptor < 0 && Libc.Errno == Errno.NotFound)
        {
            // Archives may leave directories out.
            MakeDirectory(parent, 0x1ED);
            descriptor = Open(parent);
        }

        return descriptor >= 0 ? descriptor : throw Refused(path, Libc.Errno);
    }

    private int Open(string directory) =>
        Libc.OpenBeneath(_root, directory, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec);

    private static void Remove(int parent, string name, string path)
    {
        if (Libc.UnlinkAt(parent, name, 0) != 0 && Libc.Errno != Errno.NotFound)
        {
            throw Refused(path, Libc.Errno);
        }
    }

    private static ArchiveRefusedException Refused(string path, int number) =>
        new(
            number is Errno.CrossDevice or Errno.LoopOfLinks
                ? $"{path}: a symbolic link on the way leads out of the target directory"
                : $"{path}: {Errno.Text(number)}"
        );
}
