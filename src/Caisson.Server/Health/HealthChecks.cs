using Caisson.Identity;
using Caisson.Sandboxes.Doctor;
using Caisson.Server.Configuration;
using Caisson.Workspaces;

namespace Caisson.Server.Health;

/// <summary>
/// How this installation is: the machine and the drivers as <c>caisson doctor</c> sees them, and what only a running server knows. To add a check:
/// a finding in <see cref="Own"/>, and its title in <see cref="Titles"/>.
/// </summary>
internal sealed class HealthChecks(
    WorkspaceServices services,
    IdentityServices identity,
    CaissonDirectories directories,
    ConfigurationReload reload,
    TimeProvider time
)
{
    /// <summary>Some checks start programs, so an answer holds a little while; "check again" makes new ones.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>How long the use of an admin's link stays a red entry.</summary>
    private static readonly TimeSpan BreakGlass = TimeSpan.FromHours(24);

    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["disk"] = "Disk space",
        ["git"] = "git",
        ["ca"] = "Public certificates",
        ["clock"] = "Clock",
        ["proxy"] = "Way out",
        ["bubblewrap"] = "Bubblewrap",
        ["init"] = "caisson-init",
        ["landlock"] = "Landlock",
        ["userns"] = "User namespaces",
        ["cgroup"] = "Limits",
        ["nftables"] = "Redirecting connections",
        ["login"] = "Emergency sign-in",
        ["configuration"] = "Configuration",
        ["terminals"] = "Terminals' memory",
    };

    private readonly Lock _gate = new();
    private (DateTimeOffset Time, IReadOnlyList<Finding> Findings)? _machine;

    public HealthMutes Mutes { get; } = new(Path.Combine(directories.Home, "health.json"), time);

    /// <param name="again">Looks anew at what is otherwise kept for a minute.</param>
    internal (DateTimeOffset Checked, IReadOnlyList<Finding> Findings) Look(bool again)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (again || _machine is not { } known || now - known.Time > Kept)
                _machine = known = (
                    now,
                    [.. MachineFindings.All(directories.Home), .. services.Drivers.SelectMany(driver => driver.Diagnose())]
                );
            return (known.Time, [.. Own(now), .. known.Findings]);
        }
    }

    internal static string Title(string code) => Titles.GetValueOrDefault(code.Split('.')[0], code);

    private IEnumerable<Finding> Own(DateTimeOffset now)
    {
        // The use is what counts: a link that was made and never used has let nobody in.
        var used = identity.Log.Since(now - BreakGlass, "login.admin_link");
        yield return used.Count == 0
            ? new Finding("login.usual", Severity.Ok, "Nobody has signed in by an admin's link within 24 hours.")
            : new Finding(
                "login.break_glass",
                Severity.Error,
                $"Somebody signed in by an admin's link at {used[0].Time:yyyy-MM-dd HH:mm} UTC from {used[0].Event.Source}: {used[0].Event.Reason}.",
                "If that was you, nothing is to be done: this goes away after 24 hours. If not, end the session and look at who has a shell on this machine.",
                $"{used.Count} within 24 hours"
            );
        yield return services.Terminals.RingTrouble is { } trouble
            ? new Finding(
                "terminals.memory",
                Severity.Warning,
                $"Output of terminals that belongs on disk stays in memory. Nothing is lost. The cause: {trouble}.",
                "Free space on the disk of $CAISSON_HOME, or raise limits.terminal_ring_mib in caisson.yaml."
            )
            : new Finding("terminals.memory", Severity.Ok, "What terminals hold of their output is where it belongs.");
        yield return reload.Finding
            ?? new Finding("configuration.read", Severity.Ok, "The configuration that is in force is the one that was read last.");
    }
}
