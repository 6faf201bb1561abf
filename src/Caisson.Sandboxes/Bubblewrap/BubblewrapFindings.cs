using Caisson.Sandboxes.Doctor;
using Caisson.Sandboxes.Limits;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>What this machine lacks for the driver.</summary>
internal static class BubblewrapFindings
{
    internal static IReadOnlyList<Finding> Collect(string bubblewrap, string init) =>
        [
            Program("bubblewrap.program", bubblewrap, "apt-get install bubblewrap"),
            Program("init.program", init, "./dev up"),
            Nft(),
            Namespaces(),
            Limits(),
            Landlock(),
        ];

    private static Finding Program(string code, string path, string fix) =>
        File.Exists(path)
            ? new Finding(code, Severity.Ok, $"{path} is there.")
            : new Finding(code, Severity.Error, $"{path} is missing.", fix);

    private static Finding Nft() =>
        File.Exists("/usr/sbin/nft")
            ? new Finding("nftables.program", Severity.Ok, "/usr/sbin/nft is there.")
            : new Finding(
                "nftables.program",
                Severity.Error,
                "/usr/sbin/nft is missing: connections can't be redirected to the gateway.",
                "apt-get install nftables"
            );

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
        catch (SandboxException exception)
        {
            return new Finding("cgroup.unavailable", Severity.Error, exception.Message, exception.Fix);
        }
    }

    private static Finding Landlock() =>
        File.Exists("/sys/kernel/security/lsm")
        && File.ReadAllText("/sys/kernel/security/lsm").Contains("landlock", StringComparison.Ordinal)
            ? new Finding("landlock.enabled", Severity.Ok, "Landlock is enabled in the kernel.")
            : new Finding(
                "landlock.unknown",
                Severity.Warning,
                "Landlock is not enabled in this kernel; namespaces, seccomp and mounts still hold.",
                "Boot with lsm=landlock,…"
            );
}
