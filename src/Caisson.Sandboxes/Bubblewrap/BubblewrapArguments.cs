using System.Globalization;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>The command line of bubblewrap for one sandbox: namespaces, then the file-system view from the outside in.</summary>
internal static class BubblewrapArguments
{
    internal const string InitInside = "/opt/caisson/bin/caisson-init";
    internal const string SocketsInside = "/run/caisson";
    internal const string HomeInside = "/home/agent";
    internal const string WorkspaceInside = "/workspace";

    /// <summary>Directories of the host that are shown read-only beside <c>/usr</c>, where they are not links into it.</summary>
    private static readonly string[] RootLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    /// <summary>Parts of the host's <c>/etc</c> that tools need and that say nothing about its users.</summary>
    private static readonly string[] HostEtc =
    [
        "alternatives",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "fonts",
        "mime.types",
        "java-17-openjdk",
        "terminfo",
        "pki",
    ];

    /// <param name="resolve">Maps a path of the host, and the path whose owner is translated, to where it is after staging.</param>
    internal static List<string> Build(
        SandboxSpec spec,
        string sharedEtc,
        string ownEtc,
        string initBinary,
        int infoDescriptor,
        IReadOnlyList<string> command,
        Func<string, string?, string> resolve
    )
    {
        var arguments = new List<string>
        {
            "bwrap",
            "--unshare-user",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
            "--uid",
            "0",
            "--gid",
            "0",
            "--cap-add",
            "ALL",
            "--as-pid-1",
            "--hostname",
            spec.Id,
            "--info-fd",
            infoDescriptor.ToString(CultureInfo.InvariantCulture),
        };
        AddSystem(arguments);
        Add("--ro-bind", resolve(sharedEtc, null), "/etc");
        foreach (var (name, target) in EtcDirectory.Own)
            Add("--ro-bind", resolve(Path.Combine(ownEtc, name), null), $"/etc/{target}");
        foreach (var name in HostEtc.Where(name => Path.Exists(Path.Combine("/etc", name))))
            Add("--ro-bind", Path.Combine("/etc", name), Path.Combine("/etc", name));

        // The memory file systems count towards the memory limit; half of it each keeps one full /tmp from ending every process.
        var temporary = (spec.Limits.MemoryBytes / 2).ToString(CultureInfo.InvariantCulture);
        Add("--proc", "/proc");
        // Agents own what PID 1 owns, so /dev itself is closed. Shared memory is the one exception: POSIX names its place.
        Add("--dev", "/dev");
        Add("--perms", "1777", "--size", temporary, "--tmpfs", "/dev/shm");
        Add("--remount-ro", "/dev");
        Add("--perms", "1777", "--size", temporary, "--tmpfs", "/tmp");
        Add("--perms", "0755", "--size", (64L << 20).ToString(CultureInfo.InvariantCulture), "--tmpfs", "/run");
        Add("--dir", "/sys");
        Add("--dir", "/var");
        Add("--symlink", "/tmp", "/var/tmp");
        Add("--symlink", "/run", "/var/run");
        Add("--perms", "0755", "--dir", "/opt/caisson");
        Add("--perms", "0755", "--dir", "/opt/caisson/bin");
        Add("--ro-bind", resolve(initBinary, null), InitInside);
        Add("--bind", resolve(spec.SocketDirectory, null), SocketsInside);
        Add("--bind", resolve(spec.HomeDirectory, null), HomeInside);
        Add("--bind", resolve(spec.WorkspaceDirectory, null), WorkspaceInside);
        foreach (var mount in spec.Mounts)
            Add(
                mount.Writable ? "--bind" : "--ro-bind",
                resolve(mount.Source, mount.MapOwner ? mount.OwnerOf ?? mount.Source : null),
                mount.Target
            );
        Add("--remount-ro", "/");
        Add("--chdir", "/");
        arguments.Add("--");
        arguments.AddRange(command);
        return arguments;

        void Add(params ReadOnlySpan<string> parts) => arguments.AddRange(parts);
    }

    private static void AddSystem(List<string> arguments)
    {
        arguments.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var name in RootLinks)
        {
            var path = "/" + name;
            if (new DirectoryInfo(path).LinkTarget is { } target)
                arguments.AddRange(["--symlink", target, path]);
            else if (Directory.Exists(path))
                arguments.AddRange(["--ro-bind", path, path]);
        }
    }
}
