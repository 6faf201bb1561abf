namespace Caisson.Api;

/// <summary>
/// What a launch gets that belongs to a workspace: it starts no program of its own and stays until it is stopped. Only the server makes one; a
/// request that carries one from outside is refused.
/// </summary>
public sealed record Resident
{
    /// <summary>The workspace's id: the mark of ownership on the sandbox's record.</summary>
    public required string Workspace { get; init; }

    /// <summary>Agents to set up, by name.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>Plain variables of the template, after those of the policies.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Variable to the name of the credential whose placeholder it holds.</summary>
    public IReadOnlyDictionary<string, string> Credentials { get; init; } = new Dictionary<string, string>();

    /// <summary>Where terminals and agents begin, absolute inside.</summary>
    public required string StartIn { get; init; }
    public ResidentLimits Limits { get; init; } = new();

    /// <summary>The person's git identity, unless the policy has one.</summary>
    public string? GitName { get; init; }
    public string? GitEmail { get; init; }
}

/// <summary>Of the template; null: as the policy says. Bytes.</summary>
public sealed record ResidentLimits
{
    public double? Cpus { get; init; }
    public long? Memory { get; init; }
    public int? Processes { get; init; }
    public long? Disk { get; init; }
    public int? Files { get; init; }
}
