using System.Globalization;

namespace Caisson.Server.Configuration;

/// <summary>Limits that an operator may set; <c>docs/limits.md</c> has them all. To make another one settable: its row here, and its range there.</summary>
internal static class LimitSettings
{
    private const int FewestConnections = 10;
    private const int MostConnections = 1_000_000;
    private const int MostHeaderSeconds = 120;
    private const int FewestRingMebibytes = 16;
    private const int MostRingMebibytes = 1 << 20;

    internal static IReadOnlyList<ServerSetting> All { get; } =
    [
        ServerSettings.Single(
            "limits.connections",
            "--limit-connections",
            "number from 10 to 1000000",
            "10000",
            "Connections that may be open to server.listen, as many to the Unix socket, and as many WebSockets; further ones end.",
            (options, text) =>
                Number(text, FewestConnections, MostConnections) is { } number
                    ? (options with { MostConnections = number }, null)
                    : (options, $"'{text}' is no number from {FewestConnections} to {MostConnections}")
        ) with
        {
            Schema = """{ "type": "integer", "minimum": 10, "maximum": 1000000 }""",
        },
        ServerSettings.Single(
            "limits.header_seconds",
            "--limit-header-seconds",
            "number from 1 to 120",
            "10",
            "How long a caller may take to send the headers of a request; then its connection ends.",
            (options, text) =>
                Number(text, 1, MostHeaderSeconds) is { } seconds
                    ? (options with { Headers = TimeSpan.FromSeconds(seconds) }, null)
                    : (options, $"'{text}' is no number of seconds from 1 to {MostHeaderSeconds}")
        ) with
        {
            Schema = """{ "type": "integer", "minimum": 1, "maximum": 120 }""",
        },
        ServerSettings.Single(
            "limits.terminal_ring_mib",
            "--limit-terminal-ring-mib",
            "number from 16 to 1048576",
            "1024",
            "MiB of last output that all terminals together may hold in memory; beyond it, what the longest idle hold is moved to disk.",
            (options, text) =>
                Number(text, FewestRingMebibytes, MostRingMebibytes) is { } mebibytes
                    ? (options with { TerminalRings = (long)mebibytes << 20 }, null)
                    : (options, $"'{text}' is no number of MiB from {FewestRingMebibytes} to {MostRingMebibytes}")
        ) with
        {
            Schema = """{ "type": "integer", "minimum": 16, "maximum": 1048576 }""",
        },
    ];

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : null;
}
