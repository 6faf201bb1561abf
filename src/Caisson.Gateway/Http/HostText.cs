using System.Net;
using System.Net.Sockets;
using Caisson.Policy.Hosts;

namespace Caisson.Gateway.Http;

/// <summary>Hosts as they stand in messages of the wire.</summary>
internal static class HostText
{
    /// <summary>An address in the spelling that decisions use.</summary>
    public static string Canonical(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(address.GetAddressBytes()).ToString()
            : address.ToString();
    }

    /// <summary>A name that must come without a port (DNS, SNI), canonical, or null where it is none.</summary>
    public static string? Name(string text) => HostName.Canonicalise(text) is { IsValid: true, Port: null, Host: var host } ? host : null;

    /// <summary>The host in a URL or <c>Host</c> header: IPv6 in brackets, the port unless it is the scheme's own.</summary>
    public static string Authority(string host, int port, bool tls)
    {
        var name = host.Contains(':') ? $"[{host}]" : host;
        return port == (tls ? 443 : 80) ? name : $"{name}:{port}";
    }
}
