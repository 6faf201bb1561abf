using System.Net;

namespace Caisson.Server.Configuration;

/// <summary>
/// All settings of <c>caisson serve</c>. To add one: a property here, its row in <see cref="ServerSettings.All"/> (name, flag, variable, text,
/// parser), its use, and its line in <c>docs/configuration.md</c>, which a test compares with that table.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>Absolute path of <c>$CAISSON_HOME</c>.</summary>
    public required string Home { get; init; }

    /// <summary>Where the API listens beside the Unix socket, or null for the socket alone. Loopback unless <see cref="InsecureHttp"/>.</summary>
    public IPEndPoint? Listen { get; init; } = new(IPAddress.Loopback, 7180);

    /// <summary>
    /// Whether another port of the same address will do: in the background and without a word about <see cref="Listen"/>, as for a second user of
    /// one machine. The command itself uses the socket.
    /// </summary>
    public bool AnyPort { get; init; }

    /// <summary>Allows an address other than loopback without TLS.</summary>
    public bool InsecureHttp { get; init; }

    /// <summary>The bearer token of <see cref="Listen"/>; null: the one in <c>$CAISSON_HOME/token</c>, made on first use.</summary>
    public SecretReference? Token { get; init; }

    /// <summary><c>HOST:PORT:ADDRESS[:PORT]</c>: names that are resolved by the operator's word.</summary>
    public IReadOnlyList<string> Resolve { get; init; } = [];

    /// <summary>PEM file of certificates that upstreams are verified with beside the system's.</summary>
    public string? UpstreamCa { get; init; }

    public string Driver { get; init; } = "bubblewrap";

    /// <summary>How long a workspace runs without use; infinite: for ever. Null: for ever where one person signs in, else an hour.</summary>
    public TimeSpan? IdleStop { get; init; }

    /// <summary>Days that the home of a deleted workspace is kept; 0: it goes with it.</summary>
    public int KeepHomeDays { get; init; } = 7;

    /// <summary>Seconds that what runs in a workspace has between SIGTERM and SIGKILL when it is stopped.</summary>
    public int StopSeconds { get; init; } = 30;

    public AuthOptions Auth { get; init; } = new();

    public string LogLevel { get; init; } = "information";

    /// <summary>How long an orderly stop may take in all, 2 s to 10 min; then the process ends at once.</summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Connections to each listener, and WebSockets of them, that may be open at a time.</summary>
    public int MostConnections { get; init; } = 10_000;

    /// <summary>Bytes of output that all terminals may hold in memory before the longest idle are moved to disk.</summary>
    public long TerminalRings { get; init; } = 1L << 30;

    /// <summary>How long the headers of a request may take.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether sandboxes end with the server; otherwise they live on and the next server takes them over.</summary>
    public bool StopWorkspaces { get; init; }

    /// <summary>Detached: standard output is closed once the server listens, words go to the log file.</summary>
    public bool Background { get; init; }
}
