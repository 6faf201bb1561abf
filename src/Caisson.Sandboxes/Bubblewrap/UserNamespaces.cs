namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>Whether an unprivileged process may make user namespaces, and the setting to change where it may not.</summary>
internal static class UserNamespaces
{
    /// <summary>The switches that distributions have, and the value that closes.</summary>
    private static readonly (string File, string Off, string Fix)[] Switches =
    [
        ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap that has `userns,`"
        ),
    ];

    /// <summary>The fix for the first switch that is off, or null when none is.</summary>
    internal static string? Blocked(string root = "") =>
        Switches
            .Where(entry => File.Exists(root + entry.File) && File.ReadAllText(root + entry.File).Trim() == entry.Off)
            .Select(entry => entry.Fix)
            .FirstOrDefault();

    internal static string Remedy() =>
        Blocked() ?? "Allow user namespaces for bwrap (sysctl user.max_user_namespaces, AppArmor, or the container's seccomp profile).";
}
