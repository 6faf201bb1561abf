namespace Caisson.Policy.Manifest;

/// <summary>The block <c>agent</c>.</summary>
public sealed record AgentSettings
{
    public Setting<string>? Provider { get; init; }

    /// <summary>The credential that the provider's own routes inject.</summary>
    public Setting<string>? Credential { get; init; }

    /// <summary>Whether the login of the agent's own CLI on this machine is used, by the gateway alone.</summary>
    public Setting<bool>? ForwardLogin { get; init; }
    public Setting<IReadOnlyList<string>>? Args { get; init; }
    public Setting<TimeSpan>? StopGrace { get; init; }
}
