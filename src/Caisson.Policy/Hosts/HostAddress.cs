using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Caisson.Policy.Hosts;

/// <summary>Address literals in any spelling to the one that <see cref="IPAddress.ToString()"/> gives.</summary>
internal static class HostAddress
{
    public static bool EndsInNumber(string host)
    {
        var last = host.AsSpan(host.LastIndexOf('.') + 1);
        if (last.Length == 0)
            return false;
        return !last.ContainsAnyExceptInRange('0', '9') || (last is ['0', 'x', ..] && IsHex(last[2..]));
    }

    public static CanonicalHost CanonicaliseV4(string host)
    {
        const string Refusal = "ends in a number but is no IPv4 address";
        var parts = host.Split('.');
        if (parts.Length > 4)
            return CanonicalHost.Refused(Refusal);
        ulong value = 0;
        for (var index = 0; index < parts.Length; index++)
        {
            if (!TryNumber(parts[index], out var part))
                return CanonicalHost.Refused(Refusal);
            var last = index == parts.Length - 1;
            var room = last ? 1UL << (8 * (5 - parts.Length)) : 256;
            if (part >= room)
                return CanonicalHost.Refused(Refusal);
            value = last ? value << (8 * (5 - parts.Length)) | part : value << 8 | part;
        }
        Span<byte> bytes = [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
        return new CanonicalHost(new IPAddress(bytes).ToString(), true, null, null);
    }

    /// <summary>An IPv4-mapped address (<c>::ffff:a.b.c.d</c>) counts as the IPv4 address.</summary>
    public static CanonicalHost CanonicaliseV6(string host)
    {
        var plain = !host.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF:.");
        if (!plain || !IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            return CanonicalHost.Refused("is no IPv6 address");
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return new CanonicalHost(address.ToString(), true, null, null);
    }

    private static bool TryNumber(string part, out ulong value)
    {
        value = 0;
        if (part.Length is 0 or > 20)
            return false;
        if (part is ['0', 'x', .. var hex])
            return hex.Length == 0 || ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (part[0] != '0' || part.Length == 1)
            return ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        foreach (var digit in part)
        {
            if (digit is < '0' or > '7')
                return false;
            value = value * 8 + (ulong)(digit - '0');
        }
        return true;
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept("0123456789abcdef");
}
