namespace Caisson.Policy.Loading;

/// <summary>What a file is checked against beside its own text.</summary>
public sealed record PolicyLoadOptions
{
    /// <summary><c>$CAISSON_HOME</c>: holds <c>policies/</c> and <c>agents/</c>, and is never mounted into a sandbox.</summary>
    public required string Home { get; init; }

    /// <summary>The user's home directory: what <c>~/</c> in paths stands for.</summary>
    public required string UserHome { get; init; }

    /// <summary>Directories that mounts may come from. Empty: <see cref="UserHome"/>.</summary>
    public IReadOnlyList<string> MountRoots { get; init; } = [];

    /// <summary>Agent providers that exist; others are unknown, or known and not available yet.</summary>
    public IReadOnlyList<string> Providers { get; init; } = ["claude", "codex", "opencode"];

    /// <summary>The layer that the loaded values get as their origin.</summary>
    public Layer Layer { get; init; } = Layer.Policy;

    /// <summary>From the environment: <c>CAISSON_HOME</c>, or <c>~/.caisson</c>.</summary>
    public static PolicyLoadOptions FromEnvironment()
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var home = Environment.GetEnvironmentVariable("CAISSON_HOME");
        return new PolicyLoadOptions
        {
            Home = string.IsNullOrEmpty(home) ? Path.Combine(user, ".caisson") : Path.GetFullPath(home),
            UserHome = user,
        };
    }

    /// <summary>A path of a policy as an absolute one: <c>~/x</c>, <c>/x</c>, or relative to the policy's own directory.</summary>
    internal string Absolute(string path, string file)
    {
        if (path is "~")
            return UserHome;
        if (path.StartsWith("~/", StringComparison.Ordinal))
            return Path.GetFullPath(path[2..], UserHome);
        return Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/");
    }
}
