namespace Caisson.Workspaces.Lifecycle;

/// <summary>Bytes that a directory takes on disk. Links are not followed and mounts below it are not entered.</summary>
internal static class DiskUse
{
    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
        RecurseSubdirectories = false,
    };

    /// <summary>Sum of the sizes of regular files; stops early once it is above <paramref name="enough"/>.</summary>
    internal static long Measure(string directory, long enough, CancellationToken cancellation)
    {
        var sum = 0L;
        var pending = new Stack<string>([directory]);
        while (pending.TryPop(out var current) && sum <= enough)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                foreach (var entry in new DirectoryInfo(current).EnumerateFileSystemInfos("*", s_everything))
                {
                    if (entry.LinkTarget is not null)
                        continue;
                    if (entry is DirectoryInfo)
                        pending.Push(entry.FullName);
                    else
                        sum += Blocks(entry.FullName);
                }
            }
            catch (IOException)
            {
                // A directory that agents removed while we looked takes no room any more.
            }
        }
        return sum;
    }

    /// <summary>What is allocated, not the length: a sparse file takes what it takes.</summary>
    private static long Blocks(string path) => Sandboxes.Spawning.Ownership.AllocatedBytes(path);
}
