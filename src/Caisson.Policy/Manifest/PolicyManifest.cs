namespace Caisson.Policy.Manifest;

/// <summary>One policy file as written, valid in itself. Null or empty: the file says nothing about it.</summary>
public sealed record PolicyManifest
{
    /// <summary>The file's name without <c>.md</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The file's path as errors show it.</summary>
    public required string File { get; init; }

    /// <summary>The Markdown after the front matter: documentation.</summary>
    public string Body { get; init; } = "";
    public Setting<string>? Description { get; init; }
    public IReadOnlyList<EnvEntry> Env { get; init; } = [];
    public AgentSettings Agent { get; init; } = new();
    public Setting<string>? Driver { get; init; }
    public Setting<IsolationLevel>? Isolation { get; init; }
    public ResourceSettings Resources { get; init; } = new();
    public FilesystemSettings Filesystem { get; init; } = new();
    public Setting<bool>? ProxyEnv { get; init; }
    public IReadOnlyList<CredentialSpec> Credentials { get; init; } = [];
    public IReadOnlyList<Route> Routes { get; init; } = [];
    public GitUser? GitUser { get; init; }
    public TerminalSettings Terminal { get; init; } = new();
    public DetectSettings Detect { get; init; } = new();
    public Setting<LogLevel>? Log { get; init; }
}
