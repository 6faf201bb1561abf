namespace Caisson.Sandboxes;

/// <summary>Everything a driver needs to start one sandbox. Immutable, made by the plan; holds no credential.</summary>
public sealed record SandboxSpec
{
    public required string Id { get; init; }

    /// <summary>Directory of this sandbox's own files on the host (generated <c>etc/</c>, logs). Exists.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Directory that holds <c>exit.sock</c> and <c>init.sock</c> on the host. Exists; only PID 1 sees it inside.</summary>
    public required string SocketDirectory { get; init; }

    /// <summary>The home on the host, kept with the workspace. Exists.</summary>
    public required string HomeDirectory { get; init; }

    /// <summary>The directory bound at <c>/workspace</c>. Exists. In <c>mount</c> mode the repository is a further bind below it.</summary>
    public required string WorkspaceDirectory { get; init; }

    /// <summary>Where shells and agents start, inside.</summary>
    public required string WorkingDirectory { get; init; }

    public IReadOnlyList<BindMount> Mounts { get; init; } = [];

    /// <summary>The environment of every process inside, complete: nothing of the server's is added.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>PEM of the certificates that programs inside trust: public roots and the sandbox's own authority.</summary>
    public required string TrustBundle { get; init; }

    /// <summary>PEM of the sandbox's own authority alone, for browsers, which bring their own roots.</summary>
    public string AuthorityPem { get; init; } = "";

    /// <summary>The same certificates as a Java key store: <c>/etc/ssl/certs/java/cacerts</c>.</summary>
    public byte[] JavaTrustStore { get; init; } = [];

    public required SandboxLimits Limits { get; init; }

    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The user on the host that everything inside belongs to. The server's own user unless the server is root.</summary>
    public required int HostUid { get; init; }

    public required int HostGid { get; init; }
}

/// <param name="Source">Absolute path on the host; has to exist.</param>
/// <param name="Target">Absolute path inside.</param>
/// <param name="MapOwner">Whether files of the host's owner should appear as the agent's own (root server only; elsewhere they do anyway).</param>
/// <param name="OwnerOf">Whose owner is translated, when it is not that of the source itself: all binds of one repository translate one owner.</param>
public sealed record BindMount(string Source, string Target, bool Writable = false, bool MapOwner = false, string? OwnerOf = null);

/// <param name="Cpus">Processors, 0.1 to 1,024.</param>
/// <param name="MemoryBytes">At least 256 MiB.</param>
/// <param name="Processes">Processes and threads, at least 16.</param>
/// <param name="DiskBytes">Home and workspace together.</param>
/// <param name="Files">Open files per process.</param>
public sealed record SandboxLimits(double Cpus, long MemoryBytes, int Processes, long DiskBytes, int Files);

/// <summary>What is recorded of a running sandbox so that a later server process finds it again.</summary>
public sealed record SandboxRuntime
{
    public required string Driver { get; init; }
    public required string Id { get; init; }

    /// <summary>The host's pid of PID 1.</summary>
    public required int InitPid { get; init; }

    /// <summary>Start time of that pid in clock ticks since boot (field 22 of /proc/PID/stat), so that a re-used pid is never taken for it.</summary>
    public required long InitStartTicks { get; init; }

    /// <summary>The host's pid of the outer process that waits for it.</summary>
    public required int MonitorPid { get; init; }
    public required string SocketDirectory { get; init; }

    /// <summary>The cgroup directories made for it.</summary>
    public required IReadOnlyList<string> Cgroups { get; init; }
    public required SandboxLimits Limits { get; init; }
}
