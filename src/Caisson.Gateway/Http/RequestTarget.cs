namespace Caisson.Gateway.Http;

/// <summary>Where a request goes, as written on the wire (RFC 9112, 3.2): not decoded, not normalised.</summary>
/// <param name="Path">Starts with a slash.</param>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Authority">The authority of an absolute-form target, or null.</param>
internal readonly record struct RequestTarget(string Path, string Query, string? Authority)
{
    /// <summary>Reads origin-form and absolute-form.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? TryParse(string raw, bool tls, out RequestTarget target)
    {
        target = default;
        foreach (var c in raw)
        {
            if (c is <= ' ' or >= '\x7f' or '#')
                return "its target holds a character that a URL cannot hold";
        }
        string? authority = null;
        var rest = raw;
        if (raw is not ['/', ..])
        {
            if (raw == "*")
                return "OPTIONS * concerns a server as a whole, which a gateway does not forward";
            var scheme = tls ? "https://" : "http://";
            if (!raw.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return "its target is neither a path nor a URL of this connection's scheme";
            var start = scheme.Length;
            var end = raw.AsSpan(start).IndexOfAny('/', '?');
            end = end < 0 ? raw.Length : start + end;
            authority = raw[start..end];
            rest = end < raw.Length && raw[end] == '/' ? raw[end..] : "/" + raw[end..];
        }
        var mark = rest.IndexOf('?');
        target = mark < 0 ? new RequestTarget(rest, "", authority) : new RequestTarget(rest[..mark], rest[mark..], authority);
        return null;
    }
}
