using System.Globalization;
using Caisson.Init.Kernel;

namespace Caisson.Init.Processes;

/// <summary>Finds and signals everything that one start brought forth, by the UTS namespace that all of it shares and cannot leave.</summary>
internal static class ProcessTree
{
    private const int MostRounds = 50;

    internal static void Signal(ulong tree, int signal)
    {
        // A process may fork while we look; for a kill we look until nobody is left.
        for (var round = 0; round < MostRounds; round++)
        {
            var found = 0;
            foreach (var pid in ProcFiles.Processes())
            {
                if (pid != 1 && MarkOf(pid) == tree && Libc.Kill(pid, signal) == 0)
                {
                    found++;
                }
            }

            if (found == 0 || signal != Signals.Kill)
            {
                return;
            }
        }
    }

    private static ulong MarkOf(int pid)
    {
        // The link reads `uts:[4026532201]`; that of a zombie cannot be read.
        Span<byte> link = stackalloc byte[64];
        var length = ProcFiles.ReadLink($"/proc/{pid}/ns/uts", link);
        return length > 6 && ulong.TryParse(link[5..(length - 1)], NumberStyles.None, null, out var inode) ? inode : 0;
    }
}
