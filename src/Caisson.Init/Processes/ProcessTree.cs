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

    /// <summary>Opens the namespace of a tree, found at its first process or, when that has ended, at any other; -1 when nothing of the tree is left.</summary>
    internal static int Hold(int pid, ulong tree)
    {
        var held = Open(pid);
        if (held >= 0)
        {
            return held;
        }

        foreach (var other in ProcFiles.Processes())
        {
            if (other != 1 && MarkOf(other) == tree)
            {
                return Open(other);
            }
        }

        return -1;

        static int Open(int pid) => Libc.Open($"/proc/{pid}/ns/uts", OpenFlags.CloseOnExec, 0);
    }

    /// <summary>The tree that a process belongs to; 0 when it cannot be read.</summary>
    internal static ulong MarkOf(int pid)
    {
        // The link reads `uts:[4026532201]`; that of a zombie cannot be read.
        Span<byte> link = stackalloc byte[64];
        var length = ProcFiles.ReadLink($"/proc/{pid}/ns/uts", link);
        return length > 6 && ulong.TryParse(link[5..(length - 1)], NumberStyles.None, null, out var inode) ? inode : 0;
    }
}
