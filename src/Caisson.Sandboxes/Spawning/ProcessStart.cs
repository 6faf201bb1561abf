using System.Globalization;

namespace Caisson.Sandboxes.Spawning;

/// <summary>Tells a process from a later one that got the same pid.</summary>
internal static class ProcessStart
{
    /// <summary>Start time in clock ticks since boot: field 22 of <c>/proc/PID/stat</c>, 0 when there is no such process.</summary>
    internal static long Ticks(int pid) => Read(pid).Ticks;

    /// <summary>Whether this process still runs.</summary>
    internal static bool IsSame(int pid, long ticks) =>
        ticks != 0 && Read(pid) is var (state, now) && now == ticks && state is not ('Z' or 'X');

    /// <summary>Name and resident memory, or null when it has ended.</summary>
    internal static SandboxProgram? Program(int pid)
    {
        try
        {
            var pages = File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1];
            return new SandboxProgram(
                File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n'),
                long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (char State, long Ticks) Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return ('X', 0);
        }
    }
}
