using System.Text;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Probe;

namespace Caisson.Init.Probe;

/// <summary>What the agent sees of files: mounts as planned, sockets hidden, kernel files covered.</summary>
internal static class FileChecks
{
    private const int ToWrite = 2;

    internal static void Run(ProbeRequest request, List<ProbeCheck> checks)
    {
        checks.Add(Mounts(request));
        checks.Add(Sockets(request));
        checks.Add(Settings());
    }

    private static ProbeCheck Mounts(ProbeRequest request)
    {
        var problems = new List<string>();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(Libc.ReadAll("/proc/self/mountinfo") ?? []).Split('\n'))
        {
            // id parent device root POINT OPTIONS [tags] - TYPE SOURCE SUPER-OPTIONS
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4)
            {
                continue;
            }

            var (point, options, superOptions) = (Unescape(fields[4]), fields[5].Split(','), fields[dash + 3].Split(','));
            _ = found.Add(point);
            var writable = Array.IndexOf(options, "ro") < 0 && Array.IndexOf(superOptions, "ro") < 0;
            if (Array.IndexOf(options, "nosuid") < 0)
            {
                problems.Add($"{point} lacks nosuid");
            }

            if (writable && !IsExpected(request, point))
            {
                problems.Add($"{point} is writable");
            }
        }

        foreach (var wanted in request.WritableMounts)
        {
            if (!found.Contains(wanted) || Libc.Access(wanted, ToWrite) != 0)
            {
                problems.Add($"{wanted} is not a writable mount");
            }
        }

        foreach (var wanted in request.ReadOnlyMounts)
        {
            if (!found.Contains(wanted) || Libc.Access(wanted, ToWrite) == 0)
            {
                problems.Add($"{wanted} is not a read-only mount");
            }
        }

        if (found.Count == 0 || Libc.Access("/", ToWrite) == 0)
        {
            problems.Add("the root directory is writable, or the mounts cannot be read");
        }

        return new ProbeCheck(
            "mounts",
            problems.Count == 0,
            problems.Count == 0 ? $"{found.Count} as planned" : string.Join("; ", problems)
        );
    }

    // The kernel's own file systems are writable as mounts; what can be written there is checked by itself or harmless.
    private static bool IsExpected(ProbeRequest request, string point) =>
        point is "/proc" or "/dev"
        || point.StartsWith("/proc/", StringComparison.Ordinal)
        || point.StartsWith("/dev/", StringComparison.Ordinal)
        || request.WritableMounts.Contains(point, StringComparer.Ordinal)
        || IsMask(point);

    // A file hidden behind /dev/null is a mount of that device.
    private static bool IsMask(string point) =>
        point.StartsWith("/sys/", StringComparison.Ordinal) && Libc.Access(point + "/.", ToWrite) != 0;

    private static ProbeCheck Sockets(ProbeRequest request)
    {
        foreach (var name in (ReadOnlySpan<string>)["exit.sock", "init.sock"])
        {
            if (Libc.Access($"{request.SocketDirectory}/{name}", 0) == 0)
            {
                return new ProbeCheck("sockets", Ok: false, $"{request.SocketDirectory}/{name} is visible");
            }
        }

        return new ProbeCheck("sockets", Ok: true, "hidden");
    }

    private static ProbeCheck Settings()
    {
        foreach (
            var path in (ReadOnlySpan<string>)["/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"]
        )
        {
            var descriptor = Libc.Open(path, OpenFlags.WriteOnly | OpenFlags.CloseOnExec, 0);
            if (descriptor < 0)
            {
                continue;
            }

            var isNull = Libc.TryGetStatus(descriptor, "", out var status) && !status.IsFile; // /dev/null covers it
            _ = Libc.Close(descriptor);
            if (!isNull)
            {
                return new ProbeCheck("settings", Ok: false, $"{path} can be written");
            }
        }

        return Libc.ReadAll("/proc/kcore") is { Length: > 0 }
            ? new ProbeCheck("settings", Ok: false, "/proc/kcore can be read")
            : new ProbeCheck("settings", Ok: true, "read-only or hidden");
    }

    // mountinfo writes space, tab, newline and backslash as three octal digits.
    private static string Unescape(string point) =>
        point
            .Replace("\\040", " ", StringComparison.Ordinal)
            .Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal)
            .Replace("\\134", "\\", StringComparison.Ordinal);
}
