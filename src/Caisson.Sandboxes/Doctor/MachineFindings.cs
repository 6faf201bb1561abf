namespace Caisson.Sandboxes.Doctor;

/// <summary>What every driver needs of the machine.</summary>
public static class MachineFindings
{
    private const long LeastDisk = 2L << 30;

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
                "Free disk space, or set CAISSON_HOME to a larger disk."
            )
            : new Finding("disk.free", Severity.Ok, $"{free >> 30} GiB are free below {existing}.");
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
    public static Finding Roots() =>
        File.Exists(TrustRoots.SystemBundle)
            ? new Finding("ca.roots", Severity.Ok, $"{TrustRoots.SystemBundle} is there.")
            : new Finding(
                "ca.missing",
                Severity.Error,
                $"{TrustRoots.SystemBundle} is missing: no upstream can be verified.",
                "apt-get install ca-certificates"
            );

    /// <summary>A clock far off makes every certificate invalid.</summary>
    public static Finding Clock()
    {
        var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? "/proc/self/exe");
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return now < built.AddDays(-1)
            ? new Finding(
                "clock.behind",
                Severity.Warning,
                $"The clock ({now:u}) is before this program was installed ({built:u}).",
                "timedatectl set-ntp true"
            )
            : new Finding("clock.plausible", Severity.Ok, $"The clock says {now:u}.");
    }
}
