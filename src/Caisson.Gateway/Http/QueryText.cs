namespace Caisson.Gateway.Http;

/// <summary>A raw query string, changed without decoding and encoding what stays.</summary>
internal static class QueryText
{
    /// <summary>The query without a parameter, in any case, encoding and repetition.</summary>
    /// <param name="query">With its question mark, or empty.</param>
    /// <param name="name">Decoded.</param>
    public static string Without(string query, string name)
    {
        if (query.Length < 2)
            return query;
        var kept = new List<string>();
        foreach (var part in query[1..].Split('&'))
        {
            var equals = part.IndexOf('=');
            var key = Uri.UnescapeDataString((equals < 0 ? part : part[..equals]).Replace('+', ' '));
            if (!string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
                kept.Add(part);
        }
        return kept.Count == 0 ? "" : "?" + string.Join('&', kept);
    }
}
