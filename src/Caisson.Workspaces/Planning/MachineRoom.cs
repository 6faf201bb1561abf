using System.Globalization;

namespace Caisson.Workspaces.Planning;

/// <summary>What this machine has left. Nothing else bounds how many workspaces there may be.</summary>
internal static class MachineRoom
{
    /// <summary>Bytes that programs could take without swapping, and all there are (proc_meminfo(5)).</summary>
    internal static (long Left, long All) Memory()
    {
        var lines = File.ReadLines("/proc/meminfo").ToList();
        return (Value("MemAvailable:"), Value("MemTotal:"));

        long Value(string name) =>
            long.Parse(
                lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            ) << 10;
    }

    /// <summary>Bytes, of the disk that homes lie on.</summary>
    internal static (long Left, long All) Disk(string folder)
    {
        var drive = new DriveInfo(folder);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }
}
