using System.Net;
using Caisson.Identity;
using Caisson.Identity.Sessions;

namespace Caisson.Server.Access;

/// <summary>What is known of a request's origin; each step of the access layer adds to it.</summary>
internal sealed class Caller
{
    /// <summary>Over the Unix socket, whose mode lets only this user in.</summary>
    public required bool OverSocket { get; init; }

    /// <summary>Who really spoke to this server; null on the Unix socket.</summary>
    public required IPAddress? Peer { get; init; }

    /// <summary>Whether that is a proxy whose word counts.</summary>
    public required bool ByTrustedProxy { get; init; }

    /// <summary>The client, behind all trusted proxies.</summary>
    public required IPAddress? Client { get; init; }

    /// <summary>Whether the client speaks https.</summary>
    public required bool Secure { get; init; }

    /// <summary>Null: anonymous.</summary>
    public Subject? Subject { get; set; }

    /// <summary>How the subject was proved.</summary>
    public Proof Proof { get; set; }

    public Session? Session { get; set; }

    /// <summary>
    /// Whom limits count together: an address, and of IPv6 its /64, the least that one customer is given (RFC 6177, 2), so that nobody has 2^64 tries.
    /// </summary>
    public string Window
    {
        get
        {
            if (OverSocket || Client is not { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } client)
                return Source;
            var bytes = client.GetAddressBytes();
            bytes.AsSpan(8).Clear();
            return $"{new IPAddress(bytes)}/64";
        }
    }

    public string Source => OverSocket ? "unix" : Client?.ToString() ?? "unknown";

    internal static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("The access layer has not seen this request.");
}

internal enum Proof
{
    None,
    Socket,
    Bearer,
    Cookie,
    ProxyHeader,
}
