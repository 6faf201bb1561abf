using Caisson.Sandboxes;

namespace Caisson.Workspaces.Terminals;

/// <summary>Where terminals can be: what finds a workspace by its id, or a sandbox of <c>caisson run</c> by its own.</summary>
public interface ITerminalHost
{
    /// <summary>Null for what does not exist.</summary>
    TerminalPlace? Find(string workspace);
}

/// <summary>A workspace as its terminals see it.</summary>
public sealed record TerminalPlace
{
    public required string Workspace { get; init; }

    /// <summary>User id; null for a sandbox of <c>caisson run</c>, which is the local user's.</summary>
    public string? OwnerId { get; init; }

    /// <summary>User id to right.</summary>
    public IReadOnlyDictionary<string, string>? Shares { get; init; }

    /// <summary>Null while it does not run.</summary>
    public ISandbox? Sandbox { get; init; }

    /// <summary>Where a shell starts; when it is not there, the home.</summary>
    public required string Directory { get; init; }

    /// <summary>What a terminal runs that names no command.</summary>
    public IReadOnlyList<string> Shell { get; init; } = ["/bin/bash", "-l"];

    /// <summary>Terminals that may be open at a time.</summary>
    public int MaximumTerminals { get; init; } = 10;

    /// <summary>How long a terminal may be without viewer and input; null is for ever.</summary>
    public TimeSpan? IdleLimit { get; init; } = TimeSpan.FromHours(24);
}
