using Caisson.Cli.Output;

namespace Caisson.Cli.Connection;

/// <summary>Where this user's policies, profiles, state and logs are.</summary>
internal static class CaissonHome
{
    /// <summary><c>$CAISSON_HOME</c>, else <c>~/.caisson</c>. Absolute.</summary>
    internal static string Directory { get; } = Find();

    internal static string Socket => Path.Combine(Directory, "caisson.sock");

    /// <summary>Held by the server for as long as it lives.</summary>
    internal static string Lock => Path.Combine(Directory, "server.lock");

    internal static string Policies => Path.Combine(Directory, "policies");

    internal static string ServerLog => Path.Combine(Directory, "logs", "server.log");

    private static string Find()
    {
        var set = Environment.GetEnvironmentVariable("CAISSON_HOME");
        if (!string.IsNullOrEmpty(set))
            return Path.GetFullPath(set);
        var home = Environment.GetEnvironmentVariable("HOME");
        return string.IsNullOrEmpty(home)
            ? throw new CommandFailure(
                ExitCode.Configuration,
                "Neither CAISSON_HOME nor HOME is set.",
                "export CAISSON_HOME=/path/to/a/directory"
            )
            : Path.Combine(home, ".caisson");
    }
}
