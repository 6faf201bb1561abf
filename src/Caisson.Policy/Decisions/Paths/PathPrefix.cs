namespace Caisson.Policy.Decisions;

/// <summary>The prefix rule of routes for whoever else has path prefixes: at a segment boundary, on the normal form.</summary>
public static class PathPrefix
{
    /// <param name="prefix">Begins with a slash.</param>
    /// <param name="path">As sent, without query. One that is ambiguous is covered by no prefix.</param>
    public static bool Covers(string prefix, string path)
    {
        var wanted = Paths.NormalPath.Of(prefix);
        var found = Paths.NormalPath.Of(path);
        if (wanted.Problem is not null || found.Problem is not null)
            return false;
        var value = wanted.Decoded;
        return found.Decoded.StartsWith(value, StringComparison.Ordinal)
            && (found.Decoded.Length == value.Length || value[^1] == '/' || found.Decoded[value.Length] == '/');
    }
}
