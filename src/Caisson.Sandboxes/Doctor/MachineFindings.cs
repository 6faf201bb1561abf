namespace Caisson.Sandboxes.Doctor;

/// <summary>What every driver needs of the machine.</summary>
public static class MachineFindings
{
    private const long LeastDisk = 2L << 30;

    /// <summary>All of them: what <c>caisson doctor</c> and the server's health page both show.</summary>
    /// <param name="home">The data directory.</param>
    public static IReadOnlyList<Finding> All(string home) =>
        [Disk(home), Program("git.program", "git"), Roots(TrustRoots.SystemBundle), Clock(), Proxy(Environment.GetEnvironmentVariable)];

    public static Finding Disk(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing) ?? "/";
        var free = new DriveInfo(existing).AvailableFreeSpace;
        return free < LeastDisk
            ? new Finding(
                "disk.low",
                Severity.Warning,
                $"{free >> 20} MiB are free below {existing}.",
                "Free disk space, or set CAISSON_HOME to a larger disk.",
                $"{free >> 20} MiB"
            )
            : new Finding("disk.free", Severity.Ok, $"{free >> 30} GiB are free below {existing}.", Value: $"{free >> 30} GiB");
    }

    public static Finding Program(string code, string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
        return found is null
            ? new Finding(code, Severity.Error, $"{name} is not installed.", $"apt-get install {name}")
            : new Finding(code, Severity.Ok, $"{found} is there.");
    }

    /// <summary>Without public roots no upstream can be verified.</summary>
    public static Finding Roots(string bundle)
    {
        if (!File.Exists(bundle))
            return Missing($"{bundle} is missing");
        var count = File.ReadLines(bundle).Count(line => line.StartsWith("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal));
        return count > 0
            ? new Finding("ca.roots", Severity.Ok, $"{bundle} has {count} roots.", Value: $"{count} roots")
            : Missing($"{bundle} holds no certificate");

        static Finding Missing(string what) =>
            new(
                "ca.missing",
                Severity.Error,
                $"{what}: no upstream can be verified.",
                "apt-get install --reinstall ca-certificates && update-ca-certificates"
            );
    }

    /// <summary>The gateway connects directly. What the variable holds may be a secret and is not shown.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static Finding Proxy(Func<string, string?> variable)
    {
        var set = new[] { "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy" }
            .Where(name => !string.IsNullOrEmpty(variable(name)))
            .ToList();
        return set.Count == 0
            ? new Finding("proxy.none", Severity.Ok, "No proxy is set; the gateway connects to upstreams directly.")
            : new Finding(
                "proxy.unused",
                Severity.Warning,
                $"{string.Join(", ", set)} is set and not used: the gateway connects to upstreams directly, which fails where only a proxy leads out.",
                "Let this machine connect directly to the hosts of your policies; upstream proxies are not supported yet."
            );
    }

    /// <summary>A clock far off makes every certificate invalid. Without the network only the kernel can tell how far it may be.</summary>
    public static Finding Clock()
    {
        var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? "/proc/self/exe");
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        if (now < built.AddDays(-1))
            return new Finding(
                "clock.behind",
                Severity.Warning,
                $"The clock ({now:u}) is before this program was installed ({built:u}).",
                "timedatectl set-ntp true"
            );
        return Native.ClockIsKept()
            ? new Finding("clock.kept", Severity.Ok, $"The clock says {now:u}, and a time service keeps it.")
            : new Finding("clock.plausible", Severity.Ok, $"The clock says {now:u}; the kernel knows of no time service that keeps it.");
    }
}
