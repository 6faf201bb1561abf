namespace Caisson.Sandboxes.Limits;

/// <summary>
/// Where this server may make cgroups: below its own, on version 2 (delegated) or on version 1 (root, or handed over to the user).
/// </summary>
/// <param name="procCgroup">Content of <c>/proc/self/cgroup</c>.</param>
/// <param name="mounts">Content of <c>/proc/self/mounts</c>.</param>
public sealed class CgroupTree(string procCgroup, string mounts)
{
    /// <summary>Where a server on version 2 is itself, beside its sandboxes.</summary>
    private const string ServerChild = "caisson-server";

    private static readonly Lock Dividing = new();

    private static readonly string[] Wanted = ["memory", "pids", "cpu"];
    private static readonly string[] Useful = ["freezer", "cpuacct"];

    public static CgroupTree OfThisProcess() => new(File.ReadAllText("/proc/self/cgroup"), File.ReadAllText("/proc/self/mounts"));

    /// <summary>Makes the directories for one sandbox and applies its limits.</summary>
    /// <exception cref="SandboxException"><c>limits_unavailable</c>: names the controller and the remedy. Nothing is left behind.</exception>
    public Cgroup Create(string sandboxId, SandboxLimits limits)
    {
        var parents = Prepare();
        var made = new List<string>();
        try
        {
            foreach (var directory in parents.Directories.Select(parent => Path.Combine(parent, Name(sandboxId))))
            {
                Directory.CreateDirectory(directory);
                made.Add(directory);
            }
            var cgroup = new Cgroup(made, parents.Unified);
            cgroup.Apply(limits);
            return cgroup;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            foreach (var directory in made)
                Directory.Delete(directory);
            throw Unavailable(exception.Message);
        }
    }

    /// <summary>What was made for a sandbox whose launch was cut off.</summary>
    public Cgroup Find(string sandboxId)
    {
        var (directories, unified) = Parents();
        return new Cgroup([.. directories.Select(parent => Path.Combine(parent, Name(sandboxId))).Where(Directory.Exists)], unified);
    }

    private static string Name(string sandboxId) => $"caisson-{sandboxId}";

    /// <summary>As <see cref="Parents"/>, and on version 2 makes the directory ready to be divided.</summary>
    /// <exception cref="SandboxException"><c>limits_unavailable</c>.</exception>
    internal (IReadOnlyList<string> Directories, bool Unified) Prepare()
    {
        var parents = Parents();
        if (parents.Unified)
        {
            lock (Dividing)
                Divide(parents.Directories[0]);
        }
        return parents;
    }

    /// <summary>The directories below which sandboxes get theirs. Changes nothing.</summary>
    /// <exception cref="SandboxException"><c>limits_unavailable</c>.</exception>
    public (IReadOnlyList<string> Directories, bool Unified) Parents()
    {
        var unified = OwnUnified();
        if (Path.GetFileName(unified) == ServerChild)
            unified = Path.GetDirectoryName(unified);
        var problem = unified is null ? null : Undelegated(unified);
        if (unified is not null && problem is null)
            return ([unified], true);
        // On a host of both versions the controllers are the first one's.
        if (problem is not null && OwnVersion1("memory") is null)
            throw Unavailable(problem);

        var directories = new List<string>();
        foreach (var controller in Wanted.Concat(Useful))
        {
            var own = OwnVersion1(controller);
            if (own is not null && Writable(own))
            {
                if (!directories.Contains(own))
                    directories.Add(own);
            }
            else if (Wanted.Contains(controller))
            {
                // systemd hands over cgroups of the second version only, so here somebody has to.
                throw own is null
                    ? Unavailable(
                        $"the {controller} controller is not mounted",
                        $"Mount it as root: mount -t cgroup -o {controller} cgroup /sys/fs/cgroup/{controller}; or start the machine with cgroups of version 2 (systemd.unified_cgroup_hierarchy=1)."
                    )
                    : Unavailable(
                        $"{own} is not writable for this user ({controller} controller)",
                        $"Hand a directory of it over as root and start the server in it, or run the server as root: mkdir {own}/caisson && chown -R $USER {own}/caisson && echo PID > {own}/caisson/cgroup.procs."
                    );
            }
        }
        return (directories, false);
    }

    private static SandboxException Unavailable(string detail, string? fix = null) =>
        new(
            "limits_unavailable",
            $"Limits on processor, memory and processes can't be enforced: {detail}. The launch is refused rather than run without limits.",
            fix
                ?? $"Run the server in a cgroup that is handed over to it: systemd-run {(Native.geteuid() == 0 ? "" : "--user ")}--scope -p Delegate=yes caisson serve."
        );

    private static bool Writable(string directory) => Native.access(directory, Native.W_OK | Native.X_OK) == 0;

    private string? OwnUnified()
    {
        var path = Lines(procCgroup)
            .Where(line => line.StartsWith("0::", StringComparison.Ordinal))
            .Select(line => line[3..])
            .FirstOrDefault();
        var mount = Mounts().Where(entry => entry.Type == "cgroup2").Select(entry => entry.Point).FirstOrDefault();
        return path is null || mount is null ? null : Join(mount, path);
    }

    private string? OwnVersion1(string controller)
    {
        var path = Lines(procCgroup)
            .Select(line => line.Split(':', 3))
            .Where(parts => parts.Length == 3 && parts[1].Split(',').Contains(controller))
            .Select(parts => parts[2])
            .FirstOrDefault();
        var mount = Mounts()
            .Where(entry => entry.Type == "cgroup" && entry.Options.Split(',').Contains(controller))
            .Select(entry => entry.Point)
            .FirstOrDefault();
        return path is null || mount is null ? null : Join(mount, path);
    }

    /// <summary>Why a cgroup of version 2 can't be divided by this process, or null when it can.</summary>
    private static string? Undelegated(string directory)
    {
        var file = Path.Combine(directory, "cgroup.controllers");
        if (!File.Exists(file))
            return $"{directory} is not there";
        if (!Writable(directory) || Native.access(Path.Combine(directory, "cgroup.procs"), Native.W_OK) != 0)
            return $"{directory}, the cgroup of this process, is not handed over to its user";
        var missing = Wanted.Except(Names(file)).ToList();
        return missing.Count == 0 ? null : $"{directory}, the cgroup of this process, lacks the controllers {string.Join(", ", missing)}";
    }

    /// <summary>
    /// A version 2 cgroup that hands controllers down may hold no process itself, so the server first moves into a child of its own. A program that the server
    /// started a moment before is found in the next round: until none is left the kernel refuses.
    /// </summary>
    private static void Divide(string scope)
    {
        const int rounds = 20;
        try
        {
            var handedDown = Path.Combine(scope, "cgroup.subtree_control");
            for (var round = 1; round <= rounds && !Names(handedDown).IsSupersetOf(Wanted); round++)
            {
                var child = Path.Combine(scope, ServerChild);
                Directory.CreateDirectory(child);
                foreach (var pid in File.ReadAllLines(Path.Combine(scope, "cgroup.procs")))
                    Move(pid, Path.Combine(child, "cgroup.procs"));
                try
                {
                    File.WriteAllText(handedDown, string.Join(' ', Wanted.Select(controller => "+" + controller)));
                }
                catch (IOException) when (round < rounds) { }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(exception.Message);
        }
    }

    private static HashSet<string> Names(string file) =>
        [.. File.ReadAllText(file).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    private static void Move(string pid, string procs)
    {
        try
        {
            File.WriteAllText(procs, pid);
        }
        catch (IOException) when (!Directory.Exists($"/proc/{pid}"))
        {
            // It ended since the list was read.
        }
    }

    private IEnumerable<(string Point, string Type, string Options)> Mounts() =>
        Lines(mounts).Select(line => line.Split(' ')).Where(parts => parts.Length >= 4).Select(parts => (parts[1], parts[2], parts[3]));

    private static string Join(string mount, string path) => path == "/" ? mount : mount + path;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
