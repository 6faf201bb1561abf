using Microsoft.Extensions.Primitives;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary><c>Sec-WebSocket-Extensions</c>: only permessage-deflate can be read, so nothing else is agreed on.</summary>
internal static class SocketExtensions
{
    public const string Header = "Sec-WebSocket-Extensions";
    private const string Deflate = "permessage-deflate";

    /// <summary>What a client offers, without what can't be read.</summary>
    public static StringValues Offered(StringValues header) =>
        Split(header).Where(offer => Name(offer) == Deflate).ToArray() is { Length: > 0 } kept
            ? string.Join(", ", kept)
            : StringValues.Empty;

    /// <summary>What a server agreed on.</summary>
    /// <returns>False where something is among it that can't be read; the inflater is null without compression.</returns>
    public static bool TryAgree(StringValues header, out MessageInflater? inflater)
    {
        inflater = null;
        var agreed = Split(header).ToList();
        if (agreed.Count == 0)
            return true;
        if (agreed.Count > 1 || Name(agreed[0]) != Deflate)
            return false;
        inflater = new MessageInflater(
            !agreed[0].Split(';', StringSplitOptions.TrimEntries).Contains("client_no_context_takeover", StringComparer.OrdinalIgnoreCase)
        );
        return true;
    }

    private static IEnumerable<string> Split(StringValues header) =>
        header.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string Name(string extension) => extension.Split(';', 2)[0].Trim().ToLowerInvariant();
}
