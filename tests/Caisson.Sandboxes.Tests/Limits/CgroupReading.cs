using System.Globalization;

namespace Caisson.Sandboxes.Tests.Limits;

internal static class CgroupReading
{
    /// <summary>Pids on the host of everything that a sandbox runs, PID 1 and the outer process included.</summary>
    internal static IReadOnlyList<int> Pids(SandboxRuntime runtime) =>
        [
            .. File.ReadAllLines(Path.Combine(runtime.Cgroups[0], "cgroup.procs"))
                .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
        ];

    internal static string Read(SandboxRuntime runtime, string file) =>
        File.ReadAllText(runtime.Cgroups.Select(directory => Path.Combine(directory, file)).First(File.Exists)).Trim();
}
