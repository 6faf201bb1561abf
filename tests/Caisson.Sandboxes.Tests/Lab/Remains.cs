using System.Globalization;

namespace Caisson.Sandboxes.Tests.Lab;

/// <summary>What a sandbox could leave behind on the host: processes, cgroups, mounts.</summary>
internal static class Remains
{
    internal static IReadOnlyList<string> Of(string id)
    {
        var found = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out _))
                continue;
            try
            {
                if (
                    File.ReadAllText(Path.Combine(directory, "cmdline")).Contains(id, StringComparison.Ordinal)
                    || File.ReadAllText(Path.Combine(directory, "cgroup")).Contains(id, StringComparison.Ordinal)
                )
                    found.Add($"process {directory} {File.ReadAllText(Path.Combine(directory, "comm")).Trim()}");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or it is another user's.
            }
        }
        found.AddRange(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(id, StringComparison.Ordinal)));
        foreach (var controller in Directory.EnumerateDirectories("/sys/fs/cgroup"))
            found.AddRange(
                Directory.EnumerateDirectories(
                    controller,
                    $"*{id}*",
                    new EnumerationOptions
                    {
                        RecurseSubdirectories = true,
                        IgnoreInaccessible = true,
                        MaxRecursionDepth = 4,
                    }
                )
            );
        return found;
    }

    /// <summary>Ended children that nobody collected.</summary>
    internal static IReadOnlyList<string> Zombies() =>
        [
            .. Directory
                .EnumerateDirectories("/proc/self/task")
                .SelectMany(thread => Read(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(pid => Read($"/proc/{pid}/stat"))
                .Where(stat => stat.Contains(") Z ", StringComparison.Ordinal)),
        ];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
