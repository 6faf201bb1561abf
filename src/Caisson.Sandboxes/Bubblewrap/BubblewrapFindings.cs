using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;
using Caisson.Sandboxes.Doctor;
using Caisson.Sandboxes.Limits;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>What this machine lacks for the driver.</summary>
internal static class BubblewrapFindings
{
    internal static IReadOnlyList<Finding> Collect(string bubblewrap, string init) =>
        [Version(bubblewrap), Program("init.program", init, "./dev up"), PacketFilter(), Namespaces(), Limits(), Landlock()];

    private static Finding Program(string code, string path, string fix) =>
        File.Exists(path)
            ? new Finding(code, Severity.Ok, $"{path} is there.")
            : new Finding(code, Severity.Error, $"{path} is missing.", fix);

    private static Finding Version(string bubblewrap)
    {
        // The first that can limit the size of memory file systems.
        var least = new Version(0, 7);
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(bubblewrap, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })
                ?? throw new Win32Exception();
            var text = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return System.Version.TryParse(text.Split(' ')[^1], out var found) && found >= least
                ? new Finding("bubblewrap.version", Severity.Ok, $"{bubblewrap} is {text}.")
                : new Finding(
                    "bubblewrap.old",
                    Severity.Error,
                    $"{bubblewrap} is {text}; at least {least} is needed.",
                    "apt-get install bubblewrap"
                );
        }
        catch (Win32Exception exception)
        {
            return new Finding(
                "bubblewrap.missing",
                Severity.Error,
                $"{bubblewrap} can't be run: {exception.Message}.",
                "apt-get install bubblewrap"
            );
        }
    }

    /// <summary>PID 1 writes its one rule by itself; only the kernel's side has to be there. Asking for it needs rights that doctor may lack.</summary>
    private static Finding PacketFilter()
    {
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string[] lists = [$"/lib/modules/{kernel}/modules.builtin", $"/lib/modules/{kernel}/modules.dep"];
        var there =
            Directory.Exists("/sys/module/nf_tables")
            || InKernelConfiguration("CONFIG_NF_TABLES")
            || lists.Any(list =>
                File.Exists(list) && File.ReadLines(list).Any(line => line.Contains("/nf_tables.ko", StringComparison.Ordinal))
            );
        return there
            ? new Finding("nftables.kernel", Severity.Ok, "The kernel has nf_tables.")
            : new Finding(
                "nftables.unknown",
                Severity.Warning,
                "It can't be seen whether this kernel has nf_tables, which leads connections to the gateway. Without it a launch is refused and says so.",
                "modprobe nf_tables"
            );
    }

    private static bool InKernelConfiguration(string option)
    {
        const string file = "/proc/config.gz";
        if (!File.Exists(file))
            return false;
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            if (line == option + "=y" || line == option + "=m")
                return true;
        }
        return false;
    }

    private static Finding Namespaces() =>
        UserNamespaces.Blocked() is { } fix
            ? new Finding("userns.disabled", Severity.Error, "Unprivileged user namespaces are switched off.", fix)
            : new Finding("userns.enabled", Severity.Ok, "Unprivileged user namespaces are allowed.");

    private static Finding Limits()
    {
        try
        {
            var (directories, unified) = CgroupTree.OfThisProcess().Parents();
            return new Finding(
                "cgroup.delegated",
                Severity.Ok,
                $"Limits are enforced with cgroup version {(unified ? 2 : 1)} below {directories[0]}."
            );
        }
        catch (SandboxException) when (DelegatedScope.Prefix().Count > 0)
        {
            return new Finding(
                "cgroup.scope",
                Severity.Ok,
                "Limits are enforced with cgroup version 2: the server that `caisson run` starts gets a scope of its own from systemd."
            );
        }
        catch (SandboxException exception)
        {
            return new Finding("cgroup.unavailable", Severity.Error, exception.Message, exception.Fix);
        }
    }

    /// <summary>The kernel tells the version of its interface, or that it has none.</summary>
    private static Finding Landlock() =>
        Native.landlock_create_ruleset(444, 0, 0, 1) switch
        {
            > 1 and var version => new Finding(
                "landlock.enabled",
                Severity.Ok,
                $"The kernel has Landlock, version {version}; agents run in it."
            ),
            1 => new Finding(
                "landlock.old",
                Severity.Warning,
                "The kernel's Landlock is version 1, which can't allow renames between directories, so it is not used; namespaces, seccomp and mounts still hold.",
                "Use Linux 5.19 or newer."
            ),
            _ => new Finding(
                "landlock.disabled",
                Severity.Warning,
                "Landlock is not enabled in this kernel; namespaces, seccomp and mounts still hold.",
                "Boot with lsm=landlock,…"
            ),
        };
}
