using System.Runtime.InteropServices;

namespace Caisson.Server.Hosting;

internal static partial class StandardStreams
{
    private const int ReadWrite = 2;

    /// <summary>Points descriptors 0 to 2 to <c>/dev/null</c> and leaves the starter's session, so that its terminal's end is not ours.</summary>
    internal static void PointToNull()
    {
        var nothing = open("/dev/null", ReadWrite);
        for (var descriptor = 0; descriptor <= 2; descriptor++)
            _ = dup2(nothing, descriptor);
        if (nothing > 2)
            _ = close(nothing);
        _ = setsid();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int setsid();
}
