using System.Globalization;
using System.Runtime.InteropServices;

namespace Caisson.Server.Hosting;

internal static partial class StandardStreams
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;

    /// <summary>
    /// Points descriptors 0 to 2 to <c>/dev/null</c> and leaves the starter's session, so that its terminal's end is not ours. The runtime keeps
    /// copies of the three from its own start; those go, too, or whoever reads the starter's output to its end would wait for this server.
    /// </summary>
    internal static void PointToNull()
    {
        var starters = Enumerable.Range(0, 3).Select(Target).ToHashSet(StringComparer.Ordinal);
        var copies = Directory
            .EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            .Where(descriptor => descriptor > 2 && starters.Contains(Target(descriptor)))
            .ToList();
        var nothing = open("/dev/null", ReadWrite);
        for (var descriptor = 0; descriptor <= 2; descriptor++)
            _ = dup2(nothing, descriptor);
        foreach (var copy in copies)
            _ = dup3(nothing, copy, CloseOnExec);
        if (nothing > 2)
            _ = close(nothing);
        _ = setsid();
    }

    private static string Target(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget ?? "";

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int dup3(int from, int to, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int setsid();
}
