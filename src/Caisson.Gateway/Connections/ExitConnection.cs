using Caisson.Gateway.Http;
using Caisson.Gateway.Internal;
using Caisson.Init.Protocol.Exit;
using Caisson.Policy.Hosts;

namespace Caisson.Gateway.Connections;

/// <summary>
/// One connection that a program in a sandbox made, after its first bytes were looked at. Travels with the connection, so that each of its
/// requests is decided for the same destination and the same caller.
/// </summary>
internal sealed class ExitConnection
{
    public required SandboxExit Exit { get; init; }

    /// <summary>Canonical: the name that the program asked for, or the address literal that it connected to.</summary>
    public required string Host { get; init; }

    /// <summary>Whether there was no name.</summary>
    public required bool IsLiteral { get; init; }

    public required int Port { get; init; }

    public int ProcessId { get; init; }

    public string? Executable { get; init; }

    /// <summary>SHA-256 of the executable once it is known: null before, and where it could not be read.</summary>
    public string? ExecutableSha256 { get; private set; }

    /// <summary>Requests of this HTTP/2 connection that the client reset lately.</summary>
    public ResetCount Resets { get; } = new();

    public WireProtocol Wire { get; set; }

    /// <summary>Canonical name in the ClientHello, or null where there is none.</summary>
    public string? ServerName { get; set; }

    public bool Tls => Wire == WireProtocol.Tls;

    /// <summary>Whether this is the sandbox's own service (<c>caisson.internal</c>), not the way out.</summary>
    public bool IsInternal { get; init; }

    /// <summary>Whether the requests name their destination themselves (the explicit proxy).</summary>
    public bool IsProxy { get; init; }

    /// <summary>Looks the executable up beside the traffic. Never fails.</summary>
    public async Task FindExecutableAsync(CallerHash hashes, int initPid) => ExecutableSha256 = await hashes.FindAsync(initPid, ProcessId);

    /// <returns>Null where the header names no host.</returns>
    public static ExitConnection? From(SandboxExit exit, ExitHeader header)
    {
        var host = header.Authority is { } name ? HostText.Name(name) : HostText.Canonical(header.Destination.Address);
        if (host is null || header.Destination.Port == 0)
            return null;
        var isInternal = host == InternalEndpoints.Name;
        return new ExitConnection
        {
            Exit = exit,
            Host = host,
            IsLiteral = HostName.IsLiteral(host),
            Port = header.Destination.Port,
            ProcessId = header.Pid,
            Executable = header.Executable,
            IsInternal = isInternal && header.Destination.Port == 80,
            IsProxy = isInternal && header.Destination.Port == InternalEndpoints.ProxyPort,
        };
    }
}
