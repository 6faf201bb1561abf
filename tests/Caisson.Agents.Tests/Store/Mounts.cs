using System.Runtime.InteropServices;

namespace Caisson.Agents.Tests.Store;

/// <summary>Small file systems for tests of full disks.</summary>
internal static partial class Mounts
{
    internal static bool TryTmpfs(string path, string size) => Mount("tmpfs", path, "tmpfs", 0, $"size={size}") == 0;

    internal static void Unmount(string path) => _ = Umount(path, Detach);

    private const int Detach = 2;

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Umount(string target, int flags);
}
