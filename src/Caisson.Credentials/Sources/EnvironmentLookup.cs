namespace Caisson.Credentials.Sources;

/// <summary>Where variables are looked up. Nothing is ever written into the server's own environment.</summary>
public static class EnvironmentLookup
{
    /// <summary>The variables of this process.</summary>
    public static Func<string, string?> Process => Environment.GetEnvironmentVariable;

    /// <summary>Values that an agent provider gives, before those of <paramref name="below"/>.</summary>
    public static Func<string, string?> Overlay(IReadOnlyDictionary<string, string> provided, Func<string, string?> below) =>
        name => provided.TryGetValue(name, out var value) ? value : below(name);
}
