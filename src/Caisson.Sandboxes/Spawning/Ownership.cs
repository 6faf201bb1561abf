using Caisson.Init.Protocol;

namespace Caisson.Sandboxes.Spawning;

/// <summary>Hands files to another user, as root, without following links.</summary>
internal static class Ownership
{
    /// <summary>User and group that own a file; a link's own, not its target's.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    internal static unsafe FileOwner Of(string path)
    {
        const int atFdcwd = -100;
        const int noFollow = 0x100;
        const uint owner = 0x18;
        // struct statx is the same on every architecture: user at 20, group at 24, 256 bytes in all.
        var status = stackalloc byte[256];
        return Native.statx(atFdcwd, path, noFollow, owner, status) == 0
            ? new FileOwner(*(int*)(status + 20), *(int*)(status + 24))
            : throw new IOException(
                $"The owner of {path} can't be read: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}"
            );
    }

    /// <summary>What a file takes on disk, a link's own blocks and not its target's; 0 when it is gone.</summary>
    internal static unsafe long AllocatedBytes(string path)
    {
        const int atFdcwd = -100;
        const int noFollow = 0x100;
        const uint blocks = 0x400;
        // Blocks of 512 bytes stand at 48.
        var status = stackalloc byte[256];
        return Native.statx(atFdcwd, path, noFollow, blocks, status) == 0 ? *(long*)(status + 48) * 512 : 0;
    }

    /// <summary>A file, or a directory and all below it.</summary>
    /// <exception cref="IOException">A file could not be handed over; the message names it.</exception>
    internal static void Give(string root, int uid, int gid)
    {
        if (!Directory.Exists(root) || new DirectoryInfo(root).LinkTarget is not null)
        {
            Change(root, uid, gid);
            return;
        }
        var everything = new EnumerationOptions
        {
            RecurseSubdirectories = false,
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = false,
        };
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", everything))
        {
            if (entry is DirectoryInfo && entry.LinkTarget is null)
                Give(entry.FullName, uid, gid);
            else
                Change(entry.FullName, uid, gid);
        }
        // Last, so that a directory which has its new owner is known to be handed over whole.
        Change(root, uid, gid);
    }

    private static void Change(string path, int uid, int gid)
    {
        if (Native.lchown(path, (uint)uid, (uint)gid) != 0)
            throw new IOException(
                $"{path} could not be handed to user {uid}: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}"
            );
    }
}
