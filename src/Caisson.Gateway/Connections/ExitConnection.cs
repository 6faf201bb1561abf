using System.Net;

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

    public WireProtocol Wire { get; set; }

    /// <summary>Canonical name in the ClientHello, or null where there is none.</summary>
    public string? ServerName { get; set; }

    public bool Tls => Wire == WireProtocol.Tls;

    /// <summary>Whether this is the sandbox's own service (<c>caisson.internal</c>), not the way out.</summary>
    public bool IsInternal { get; init; }

    /// <summary>Whether the requests name their destination themselves (the explicit proxy).</summary>
    public bool IsProxy { get; init; }

    public static ExitConnection? From(SandboxExit exit, ProxyHeader header)
    {
        string host;
        if (header.Name is null)
            host = Http.HostNames.Canonical(header.Destination.Address);
        else if (!Http.HostNames.TryCanonicalise(header.Name, out host))
            return null;
        var isInternal = host == Internal.InternalEndpoints.Name;
        return new ExitConnection
        {
            Exit = exit,
            Host = host,
            IsLiteral = IPAddress.TryParse(host, out _),
            Port = header.Destination.Port,
            ProcessId = header.ProcessId,
            Executable = header.Executable,
            IsInternal = isInternal && header.Destination.Port == 80,
            IsProxy = isInternal && header.Destination.Port == Internal.InternalEndpoints.ProxyPort,
        };
    }
}
