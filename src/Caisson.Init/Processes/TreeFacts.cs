using System.Globalization;
using System.Text;
using Caisson.Init.Kernel;

namespace Caisson.Init.Processes;

/// <summary>What <c>/proc</c> says of the processes of each tree, in one walk for all of them.</summary>
internal static class TreeFacts
{
    /// <summary>Memory and descriptors of every tree.</summary>
    internal static Dictionary<ulong, (long ResidentBytes, int Descriptors)> ByTree()
    {
        var trees = new Dictionary<ulong, (long ResidentBytes, int Descriptors)>();
        foreach (var pid in ProcFiles.Processes())
        {
            if (pid == 1 || ProcessTree.MarkOf(pid) is not (> 0 and var tree))
            {
                continue;
            }

            var (resident, descriptors) = trees.GetValueOrDefault(tree);
            trees[tree] = (resident + Resident(pid), descriptors + ProcFiles.Numbers($"/proc/{pid}/fd").Count);
        }

        return trees;
    }

    /// <summary>Name and working directory of a foreground process; nulls where they cannot be read.</summary>
    internal static (string? Program, string? Directory) Foreground(int pid)
    {
        if (pid <= 0)
        {
            return (null, null);
        }

        Span<byte> link = stackalloc byte[4096];
        var length = ProcFiles.ReadLink($"/proc/{pid}/cwd", link);
        var name = Libc.ReadAll($"/proc/{pid}/comm");
        return (
            name is null ? null : Encoding.UTF8.GetString(name).TrimEnd('\n'),
            length > 0 ? Encoding.UTF8.GetString(link[..length]) : null
        );
    }

    // statm(5): total and resident size in pages, then more.
    private static long Resident(int pid)
    {
        if (Libc.ReadAll($"/proc/{pid}/statm") is not { } bytes)
        {
            return 0;
        }

        var fields = Encoding.ASCII.GetString(bytes).Split(' ');
        return fields.Length > 1 && long.TryParse(fields[1], NumberStyles.None, null, out var pages)
            ? pages * Environment.SystemPageSize
            : 0;
    }
}
