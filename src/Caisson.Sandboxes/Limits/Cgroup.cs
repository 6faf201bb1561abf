using System.Globalization;

namespace Caisson.Sandboxes.Limits;

/// <summary>The cgroup directories of one sandbox: one on version 2, one a controller on version 1.</summary>
public sealed class Cgroup(IReadOnlyList<string> directories, bool unified)
{
    /// <summary>ENODEV: what the kernel answers to who has a file of a cgroup open that is removed.</summary>
    private const int NoSuchDevice = 19;

    public IReadOnlyList<string> Directories { get; } = directories;

    /// <summary>
    /// Files into which a thread that is about to become a program writes <c>0</c> to join. On version 1 it moves itself alone (<c>tasks</c>), which spares
    /// the kernel's lock over all processes of the machine, and with it some milliseconds for each controller.
    /// </summary>
    public IEnumerable<string> JoinFiles => Directories.Select(directory => Path.Combine(directory, unified ? "cgroup.procs" : "tasks"));

    /// <summary>Files that list the processes inside.</summary>
    private IEnumerable<string> ProcsFiles => Directories.Select(directory => Path.Combine(directory, "cgroup.procs"));

    public static Cgroup Recorded(IReadOnlyList<string> directories) =>
        new(directories, directories.Count == 1 && File.Exists(Path.Combine(directories[0], "cgroup.controllers")));

    /// <summary>Writes the limits.</summary>
    /// <exception cref="IOException">The kernel refused one; the message names the file.</exception>
    public void Apply(SandboxLimits limits)
    {
        const int periodMicroseconds = 100_000;
        var quota = (long)(limits.Cpus * periodMicroseconds);
        if (unified)
        {
            Write("cpu.max", $"{quota} {periodMicroseconds}");
            Write("memory.max", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
            WriteIfPresent("memory.swap.max", "0");
            Write("pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
            return;
        }

        Write("cpu.cfs_period_us", periodMicroseconds.ToString(CultureInfo.InvariantCulture));
        Write("cpu.cfs_quota_us", quota.ToString(CultureInfo.InvariantCulture));
        Write("memory.limit_in_bytes", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        WriteIfPresent("memory.memsw.limit_in_bytes", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        Write("pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
    }

    public SandboxUsage Measure() =>
        unified
            ? new SandboxUsage(
                Number("memory.current"),
                Field("cpu.stat", "usage_usec"),
                (int)Number("pids.current"),
                Field("memory.events", "oom_kill"),
                Field("pids.events", "max")
            )
            {
                InactiveFileBytes = Field("memory.stat", "inactive_file"),
            }
            : new SandboxUsage(
                Number("memory.usage_in_bytes"),
                Number("cpuacct.usage") / 1000,
                (int)Number("pids.current"),
                Field("memory.oom_control", "oom_kill"),
                Field("pids.events", "max")
            )
            {
                InactiveFileBytes = Field("memory.stat", "total_inactive_file"),
            };

    /// <summary>Stops or continues all processes in place.</summary>
    /// <exception cref="SandboxException">No freezer is there.</exception>
    public void Freeze(bool frozen)
    {
        if (Find("cgroup.freeze") is { } unifiedFile && unified)
            File.WriteAllText(unifiedFile, frozen ? "1" : "0");
        else if (Find("freezer.state") is { } file)
            File.WriteAllText(file, frozen ? "FROZEN" : "THAWED");
        else
            throw new SandboxException("not_supported", "This sandbox can't be frozen: the freezer controller is not available.");
    }

    /// <summary>Whether every process has stopped.</summary>
    internal bool IsFrozen() => unified ? Field("cgroup.events", "frozen") == 1 : Lines("freezer.state") is ["FROZEN", ..];

    /// <summary>Continues the processes where they can be frozen at all; for the way to their end.</summary>
    internal void Thaw()
    {
        if (Find(unified ? "cgroup.freeze" : "freezer.state") is { } file)
            File.WriteAllText(file, unified ? "0" : "THAWED");
    }

    /// <summary>Pids of every process inside.</summary>
    public IReadOnlyList<int> Processes()
    {
        var pids = new SortedSet<int>();
        foreach (var file in ProcsFiles.Where(File.Exists))
        {
            foreach (var line in Read(file))
                pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }
        return [.. pids];
    }

    /// <summary>Removes the directories; they have to be empty of processes. Returns what could not be removed, in words.</summary>
    public IReadOnlyList<string> Remove()
    {
        var failures = new List<string>();
        foreach (var directory in Directories.Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failures.Add($"remove-cgroup {directory}: {exception.Message}");
            }
        }
        return failures;
    }

    private string? Find(string name) => Directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    private void Write(string name, string value) =>
        File.WriteAllText(Find(name) ?? throw new IOException($"The cgroup has no {name}: its controller is not enabled."), value);

    private void WriteIfPresent(string name, string value)
    {
        if (Find(name) is { } file)
            File.WriteAllText(file, value);
    }

    private long Number(string name) =>
        Lines(name) is [var line, ..] && long.TryParse(line.AsSpan().Trim(), CultureInfo.InvariantCulture, out var value) ? value : 0;

    private long Field(string name, string field)
    {
        foreach (var line in Lines(name))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && line.AsSpan(0, space).SequenceEqual(field))
                return long.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture);
        }
        return 0;
    }

    private string[] Lines(string name) => Find(name) is { } file ? Read(file) : [];

    /// <summary>None where the file isn't there any more: a sandbox may end while it is measured.</summary>
    private static string[] Read(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException exception)
            when (exception is FileNotFoundException or DirectoryNotFoundException || exception.HResult == NoSuchDevice)
        {
            return [];
        }
    }
}
