using System.Net;
using System.Net.Sockets;

namespace Caisson.Gateway.Http;

/// <summary>
/// One spelling for every host: lower case, no trailing dot, addresses in their shortest form. What could be read in two ways (octal and
/// hexadecimal addresses, percent signs, user names, zone ids) is no host.
/// </summary>
internal static class HostNames
{
    private const int LongestName = 253;

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[v6]:port</c>.</summary>
    /// <param name="text">As sent in <c>Host</c>, <c>:authority</c> or a request target.</param>
    /// <param name="host">Canonical, without brackets.</param>
    /// <param name="port">Null where none was given.</param>
    public static bool TryParseAuthority(ReadOnlySpan<char> text, out string host, out int? port)
    {
        host = "";
        port = null;
        ReadOnlySpan<char> rest;
        ReadOnlySpan<char> name;
        if (text is ['[', ..])
        {
            var close = text.IndexOf(']');
            if (close < 0)
                return false;
            name = text[..(close + 1)];
            rest = text[(close + 1)..];
        }
        else
        {
            var colon = text.IndexOf(':');
            name = colon < 0 ? text : text[..colon];
            rest = colon < 0 ? default : text[colon..];
        }
        if (!rest.IsEmpty)
        {
            if (rest is not [':', .. { Length: > 0 and <= 5 } digits] || digits.ContainsAnyExceptInRange('0', '9'))
                return false;
            var number = int.Parse(digits);
            if (number is 0 or > 65535)
                return false;
            port = number;
        }
        return TryCanonicalise(name, out host);
    }

    /// <summary>Reads a host without port; an IPv6 address has its brackets.</summary>
    public static bool TryCanonicalise(ReadOnlySpan<char> text, out string host)
    {
        host = "";
        if (text is ['[', .. var inner, ']'])
        {
            if (inner.ContainsAnyExcept("0123456789abcdefABCDEF:.") || !IPAddress.TryParse(inner, out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6)
                return false;
            host = Canonical(v6);
            return true;
        }
        if (text is [.., '.'])
            text = text[..^1];
        if (text.IsEmpty || text.Length > LongestName)
            return false;
        var last = text[(text.LastIndexOf('.') + 1)..];
        if (LooksLikeANumber(last))
            return TryCanonicaliseV4(text, out host);
        if (!AreLabels(text))
            return false;
        host = text.ContainsAnyInRange('A', 'Z') ? text.ToString().ToLowerInvariant() : text.ToString();
        return true;
    }

    public static string Canonical(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(address.GetAddressBytes()).ToString()
            : address.ToString();
    }

    public static bool IsLiteral(string host) => IPAddress.TryParse(host, out _);

    /// <summary>The host as it stands in a URL or <c>Host</c> header: IPv6 in brackets, the port unless it is the scheme's own.</summary>
    public static string Authority(string host, int port, bool tls)
    {
        var name = host.Contains(':') ? $"[{host}]" : host;
        return port == (tls ? 443 : 80) ? name : $"{name}:{port}";
    }

    // A host whose last label is a number is an address to every resolver (URL Standard, "ends in a number"), so it is one to us, or nothing.
    private static bool LooksLikeANumber(ReadOnlySpan<char> label) =>
        label.Length > 0
        && (
            !label.ContainsAnyExceptInRange('0', '9')
            || (label is ['0', 'x' or 'X', .. var hex] && !hex.ContainsAnyExcept("0123456789abcdefABCDEF"))
        );

    private static bool TryCanonicaliseV4(ReadOnlySpan<char> text, out string host)
    {
        host = "";
        // IPAddress.TryParse takes octal, hexadecimal and short forms. Only what it writes back alike is the plain one.
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
            return false;
        var plain = address.ToString();
        if (!text.SequenceEqual(plain))
            return false;
        host = plain;
        return true;
    }

    private static bool AreLabels(ReadOnlySpan<char> text)
    {
        var length = 0;
        foreach (var c in text)
        {
            if (c == '.')
            {
                if (length == 0)
                    return false;
                length = 0;
                continue;
            }
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
            if (++length > 63)
                return false;
        }
        return length > 0;
    }
}
