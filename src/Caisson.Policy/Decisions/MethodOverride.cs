namespace Caisson.Policy.Decisions;

/// <summary>
/// Headers and query parameters by which servers take another method than the one in the request line. On a host with method rules they would make
/// a <c>GET</c> that was allowed into a <c>DELETE</c> that was not.
/// </summary>
internal static class MethodOverride
{
    private static readonly string[] HeaderNames = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Method"];
    private static readonly string[] ParameterNames =
    [
        "_method",
        "_httpmethod",
        "http_method",
        "httpmethod",
        "$method",
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ];

    /// <summary>What carries the override, for people, or null.</summary>
    public static string? Find(RequestFacts facts)
    {
        for (var at = 0; at < facts.Headers.Count; at++)
        {
            var name = facts.Headers[at].Key;
            if (name is ['X' or 'x', ..] && Listed(HeaderNames, name.Replace('_', '-')))
                return $"the header {name}";
        }
        return facts.Query.Length > 1 ? FindParameter(facts.Query) : null;
    }

    private static string? FindParameter(string query)
    {
        foreach (var range in query.AsSpan().SplitAny('?', '&', ';'))
        {
            var pair = query.AsSpan(range);
            var equals = pair.IndexOf('=');
            var name = (equals < 0 ? pair : pair[..equals]).ToString();
            if (name.Length == 0)
                continue;
            var decoded = Uri.UnescapeDataString(name.Replace('+', ' ')).Trim();
            var bracket = decoded.IndexOf('[', StringComparison.Ordinal);
            if (bracket > 0)
                decoded = decoded[..bracket];
            if (Listed(ParameterNames, decoded))
                return $"the query parameter {decoded}";
        }
        return null;
    }

    private static bool Listed(string[] names, string name)
    {
        foreach (var listed in names)
        {
            if (string.Equals(listed, name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
