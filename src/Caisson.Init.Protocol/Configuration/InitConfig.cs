using System.Text.Json;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Configuration;

/// <summary>
/// All that PID 1 of a sandbox is told at its start. The driver writes it as JSON into an inherited pipe or memory file
/// (<c>caisson-init pid1 CONFIG-FD READY-FD</c>), never into arguments or the environment, which agents could read.
/// </summary>
/// <remarks>
/// To add a setting: a property with a safe default here, its check in <see cref="Problem"/>, its use in <c>Caisson.Init</c>.
/// Unknown members are refused: an old PID 1 must not ignore what a newer server asked for. Settable rather than init-only, because the
/// generated reader would otherwise set members that are missing in the JSON to zero instead of keeping their safe defaults.
/// </remarks>
public sealed record InitConfig
{
    /// <summary>The id that the server gave this sandbox; reported by <c>info</c> and by the ready line.</summary>
    public required string SandboxId { get; init; }

    /// <summary>Directory inside the sandbox, writable for PID 1, that holds the gateway's <c>exit.sock</c> and where PID 1 makes <c>init.sock</c>.</summary>
    public string SocketDirectory { get; set; } = "/run/caisson";

    /// <summary>Unmounts <see cref="SocketDirectory"/> once PID 1 holds it, so that no process in the sandbox can open either socket.</summary>
    public bool HideSocketDirectory { get; set; } = true;

    /// <summary>The whole environment of agents' processes, before what a start request lays over it. The server's own is never used.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>User id that agents have inside (in a user namespace below PID 1's, where it maps to PID 1's own id).</summary>
    public int UserId { get; set; } = 1000;

    /// <summary>Group id that agents have inside.</summary>
    public int GroupId { get; set; } = 1000;

    /// <summary>Working directory of a process whose start request names none.</summary>
    public string WorkingDirectory { get; set; } = "/";

    /// <summary>Host name inside, or null to leave what the driver set.</summary>
    public string? HostName { get; set; }

    /// <summary>Paths to hide from everyone in the sandbox, besides the built-in list of <c>/proc</c> and <c>/sys</c> entries.</summary>
    public IReadOnlyList<string> Masks { get; set; } = [];

    /// <summary>
    /// Absolute paths of directories and files that agents may write to, besides <c>/tmp</c>, <c>/run</c>, <c>/dev</c> and <c>/proc</c>. Where the kernel has
    /// Landlock nothing else can be written, whatever the mounts allow. Each has to exist.
    /// </summary>
    public IReadOnlyList<string> WritablePaths { get; set; } = [];

    /// <summary>Limits that every agent's process starts with.</summary>
    public ProcessLimits Limits { get; set; } = new();

    /// <summary>Port of the listener, on 127.0.0.1 and ::1, that the sandbox's packet filter sends every outgoing TCP connection to.</summary>
    public int RedirectPort { get; set; } = 15001;

    /// <summary>IPv4 range that names are answered from, in CIDR form.</summary>
    public string NamePoolV4 { get; set; } = "198.18.0.0/15";

    /// <summary>IPv6 /64 that names are answered from, in CIDR form.</summary>
    public string NamePoolV6 { get; set; } = "fd00:caa5:0:1::/64";

    /// <summary>How many names may be answered in the sandbox's life; then queries for new names get SERVFAIL.</summary>
    public int NamePoolLimit { get; set; } = 65_536;

    /// <summary>Bytes of output kept for each stream of each process without a terminal.</summary>
    public int RingBytes { get; set; } = 1 << 20;

    /// <summary>Bytes of output kept for each terminal: what it may print while no server runs.</summary>
    public int TerminalRingBytes { get; set; } = 8 << 20;

    /// <summary>How long a stop waits between SIGTERM and SIGKILL.</summary>
    public int StopGraceMilliseconds { get; set; } = 8_000;

    /// <summary>How many ended processes stay listed with their output; the oldest is forgotten first.</summary>
    public int KeptProcesses { get; set; } = 128;

    /// <summary>Serialises to the form that PID 1 reads.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, InitJson.Default.InitConfig);

    /// <summary>Says in words what is wrong with these settings, or null when they can be used.</summary>
    public string? Problem()
    {
        if (SandboxId.Length is 0 or > 128)
        {
            return "sandboxId: 1 to 128 characters are needed";
        }

        if (!SocketDirectory.StartsWith('/') || SocketDirectory.Length < 2)
        {
            return "socketDirectory: an absolute path other than / is needed";
        }

        if (WritablePaths.FirstOrDefault(static path => !path.StartsWith('/')) is { } relative)
        {
            return $"writablePaths: {relative} is not an absolute path";
        }

        if (UserId is < 1 or > 65_534 || GroupId is < 1 or > 65_534)
        {
            return "userId, groupId: 1 to 65534 are possible";
        }

        if (RedirectPort is < 1 or > 65_535)
        {
            return "redirectPort: 1 to 65535 are possible";
        }

        if (RingBytes is < StartRequest.LeastRing or > StartRequest.MostRing)
        {
            return $"ringBytes: {StartRequest.LeastRing} to {StartRequest.MostRing} are possible";
        }

        if (TerminalRingBytes is < StartRequest.LeastRing or > StartRequest.MostRing)
        {
            return $"terminalRingBytes: {StartRequest.LeastRing} to {StartRequest.MostRing} are possible";
        }

        if (StopGraceMilliseconds is < 0 or > 600_000)
        {
            return "stopGraceMilliseconds: 0 to 600000 are possible";
        }

        return KeptProcesses is < 1 or > 4_096 ? "keptProcesses: 1 to 4096 are possible" : null;
    }
}
