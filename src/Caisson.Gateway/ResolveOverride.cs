using System.Diagnostics.CodeAnalysis;
using System.Net;
using Caisson.Policy.Hosts;

namespace Caisson.Gateway;

/// <summary>
/// An operator's word that a host and port are found at one address, as curl's <c>--resolve</c>. Names are not looked up then, and the guard
/// against private addresses does not apply to that address.
/// </summary>
/// <param name="Host">Canonical.</param>
/// <param name="Port">The port that the request names.</param>
/// <param name="Address">Where to connect.</param>
public sealed record ResolveOverride(string Host, int Port, IPEndPoint Address)
{
    /// <summary>Reads <c>HOST:PORT:ADDRESS[:PORT]</c>; IPv6 addresses stand in brackets.</summary>
    /// <param name="text">As the operator wrote it.</param>
    /// <param name="value">Null when the result is false.</param>
    /// <param name="error">What is wrong and how it should look, for the operator; null when the result is true.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ResolveOverride? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var parts = Split(text);
        if (parts is not { Count: 3 or 4 })
        {
            error =
                $"'{text}' is not HOST:PORT:ADDRESS[:PORT]. Example: api.example.com:443:10.0.0.5 or api.example.com:443:[fd00::5]:8443.";
            return false;
        }
        var host = HostName.Canonicalise(parts[0]);
        var target = HostName.Canonicalise(parts[2]);
        if (host is not { Problem: null, Port: null })
            error = $"'{text}': the host '{parts[0]}' {host.Problem ?? "holds a port"}.";
        else if (!TryPort(parts[1], out var port))
            error = $"'{text}': '{parts[1]}' is not a port (1 to 65535).";
        else if (!target.IsLiteral || !IPAddress.TryParse(target.Host, out var address))
            error = $"'{text}': '{parts[2]}' is not an IP address; an IPv6 address stands in brackets.";
        else if (!TryPort(parts.Count == 4 ? parts[3] : parts[1], out var targetPort))
            error = $"'{text}': '{parts[3]}' is not a port (1 to 65535).";
        else
        {
            value = new ResolveOverride(host.Host, port, new IPEndPoint(address, targetPort));
            error = null;
            return true;
        }
        return false;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out port) && port is > 0 and <= 65535;

    /// <summary>Splits at colons outside brackets; null where brackets do not close.</summary>
    private static List<string>? Split(string text)
    {
        var parts = new List<string>();
        var start = 0;
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '[')
                inside = true;
            else if (text[i] == ']')
                inside = false;
            else if (text[i] == ':' && !inside)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }
        parts.Add(text[start..]);
        return inside ? null : parts;
    }
}
