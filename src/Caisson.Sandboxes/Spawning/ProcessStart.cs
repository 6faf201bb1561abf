using System.Globalization;

namespace Caisson.Sandboxes.Spawning;

/// <summary>Tells a process from a later one that got the same pid.</summary>
internal static class ProcessStart
{
    /// <summary>Start time in clock ticks since boot: field 22 of <c>/proc/PID/stat</c>, 0 when there is no such process.</summary>
    internal static long Ticks(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? 0 : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    internal static bool IsSame(int pid, long ticks) => ticks != 0 && Ticks(pid) == ticks;
}
