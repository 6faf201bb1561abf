using System.Reflection;

namespace Caisson.Api;

/// <summary>What a program was built from.</summary>
/// <param name="Commit">Or <c>unknown</c>.</param>
/// <param name="Built">ISO 8601, UTC; <c>unknown</c> for a build without <c>./dev</c>.</param>
public sealed record BuildInformation(string Version, string Commit, string Built)
{
    /// <summary>Response header with the server's version, so that every command sees a difference.</summary>
    public const string Header = "Caisson-Version";

    private const string Unknown = "unknown";

    public static BuildInformation Of(Assembly assembly)
    {
        var parts = (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);
        var built = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "BuildTime")?.Value;
        return new BuildInformation(parts[0], parts.Length == 2 ? parts[1] : Unknown, built ?? Unknown);
    }
}
