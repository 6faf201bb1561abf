namespace Caisson.Sandboxes.Spawning;

/// <summary>Hands files to another user, as root, without following links.</summary>
internal static class Ownership
{
    /// <exception cref="IOException">A file could not be handed over; the message names it.</exception>
    internal static void Give(string root, int uid, int gid)
    {
        Change(root, uid, gid);
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
    }

    private static void Change(string path, int uid, int gid)
    {
        if (Native.lchown(path, (uint)uid, (uint)gid) != 0)
            throw new IOException(
                $"{path} could not be handed to user {uid}: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}"
            );
    }
}
