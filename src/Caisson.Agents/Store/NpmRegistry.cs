namespace Caisson.Agents.Store;

/// <summary>
/// Which npm registry archives come from. A mirror changes where from, never what: the sums in <c>agents.lock</c> hold for every source.
/// </summary>
public static class NpmRegistry
{
    private static readonly Uri Official = new("https://registry.npmjs.org/");

    /// <summary>
    /// The first that is set: <c>NPM_REGISTRY</c>, npm's own <c>npm_config_registry</c> (either case), <c>registry=</c> in <c>~/.npmrc</c>,
    /// the official registry.
    /// </summary>
    /// <param name="environment">Reads one environment variable.</param>
    /// <param name="home">The home of the server's user, or null.</param>
    /// <exception cref="FormatException">What is set is no http or https URL.</exception>
    public static Uri Find(Func<string, string?> environment, string? home)
    {
        foreach (var name in (string[])["NPM_REGISTRY", "npm_config_registry", "NPM_CONFIG_REGISTRY"])
        {
            if (environment(name) is { Length: > 0 } value)
                return Parse(value, name);
        }
        var npmrc = home is null ? null : Path.Combine(home, ".npmrc");
        return npmrc is not null && FromNpmrc(npmrc) is { } registry ? Parse(registry, npmrc) : Official;
    }

    /// <summary>Puts the registry in place of the one that <paramref name="url"/> names; the path below it stays.</summary>
    internal static Uri Locate(string url, Uri registry)
    {
        var pinned = new Uri(url);
        return pinned.Host == Official.Host ? new Uri(registry, pinned.AbsolutePath.TrimStart('/')) : pinned;
    }

    private static string? FromNpmrc(string file)
    {
        try
        {
            return File.ReadLines(file)
                .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
                .LastOrDefault(pair => pair is ["registry", { Length: > 0 }])
                ?[1];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Uri Parse(string value, string source)
    {
        if (
            !Uri.TryCreate(value.EndsWith('/') ? value : value + "/", UriKind.Absolute, out var uri)
            || uri.Scheme is not ("https" or "http")
        )
            throw new FormatException(
                $"{source}: '{value}' is not the address of an npm registry; it should look like https://registry.npmjs.org/"
            );
        return uri;
    }
}
