namespace Caisson.Sandboxes.Limits;

/// <summary>
/// How a background server is started where systemd manages cgroups of version 2: in a scope of its own that is handed over to it. The cgroup of a terminal or
/// a login session is nobody's to divide, so no sandbox could be limited there, and it ends with the session.
/// </summary>
public static class DelegatedScope
{
    private const string Run = "/usr/bin/systemd-run";

    /// <summary>What to put before the server's program on this machine; empty where there is no such systemd.</summary>
    public static IReadOnlyList<string> Prefix() =>
        Prefix("", Native.geteuid() == 0, Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"));

    /// <param name="root">Directory under which the machine's files are looked for; tests give another.</param>
    /// <param name="isRoot">The system's own manager is asked, else the user's.</param>
    /// <param name="runtimeDirectory">Value of <c>XDG_RUNTIME_DIR</c>, where the user's manager has its socket.</param>
    internal static IReadOnlyList<string> Prefix(string root, bool isRoot, string? runtimeDirectory)
    {
        var there =
            File.Exists($"{root}/sys/fs/cgroup/cgroup.controllers")
            && Directory.Exists($"{root}/run/systemd/system")
            && File.Exists(root + Run)
            && (isRoot || (runtimeDirectory is not null && Path.Exists($"{root}{runtimeDirectory}/systemd/private")));
        return there ? [Run, .. isRoot ? [] : (string[])["--user"], "--scope", "--quiet", "--collect", "-p", "Delegate=yes", "--"] : [];
    }
}
