using System.Runtime.InteropServices;

namespace Caisson.Workspaces;

/// <summary>The user that the server runs as.</summary>
internal static partial class HostUser
{
    internal static int Uid { get; } = (int)geteuid();

    internal static int Gid { get; } = (int)getegid();

    internal static bool IsRoot => Uid == 0;

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();
}
