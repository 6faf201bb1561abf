using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <summary>
/// What holds for one launch: one or several policies merged, with defaults, and the routes of the agent provider. Every value knows who wrote it.
/// </summary>
public sealed record EffectivePolicy
{
    /// <summary>The policies merged, in order.</summary>
    public required IReadOnlyList<PolicyManifest> Sources { get; init; }
    public Setting<string>? Description { get; init; }
    public IReadOnlyList<EnvEntry> Env { get; init; } = [];

    /// <summary>Null: a launch names the agent, or runs a command.</summary>
    public Setting<string>? Provider { get; init; }
    public Setting<string>? AgentCredential { get; init; }
    public required Setting<bool> ForwardLogin { get; init; }
    public required Setting<IReadOnlyList<string>> AgentArgs { get; init; }
    public required Setting<TimeSpan> StopGrace { get; init; }

    /// <summary>Null: the launch takes the first driver that reaches <see cref="Isolation"/>.</summary>
    public Setting<string>? Driver { get; init; }
    public required Setting<IsolationLevel> Isolation { get; init; }
    public required ResourceLimits Resources { get; init; }
    public required Setting<RepositoryMode> Repository { get; init; }
    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];
    public IReadOnlyList<Setting<string>> UnsafeWritable { get; init; } = [];
    public required Setting<bool> ProxyEnv { get; init; }
    public IReadOnlyList<CredentialSpec> Credentials { get; init; } = [];

    /// <summary>For routes that say nothing themselves.</summary>
    public DetectSettings Detect { get; init; } = new();

    /// <summary>In force, most recent layer last; the provider's after <see cref="WithProviderRoutes"/>.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>Rules of the policy that a provider's route makes ineffective, in words. Only after <see cref="WithProviderRoutes"/>.</summary>
    public IReadOnlyList<string> Shadowed { get; init; } = [];
    public Setting<string>? GitName { get; init; }
    public Setting<string>? GitEmail { get; init; }
    public required TerminalRules Terminal { get; init; }

    /// <summary>Null: as <see cref="AgentCommits.Person"/>.</summary>
    public Setting<AgentCommits>? GitAgents { get; init; }
    public required Setting<LogLevel> Log { get; init; }

    /// <summary>The decision core over <see cref="Routes"/>.</summary>
    public RouteTable Compile() => RouteTable.Compile([.. Routes.Select(route => route with { Detect = DetectOf(route) })]);

    // On a host that an agent provider claims the policy can only tighten.
    private DetectSettings DetectOf(Route route) =>
        route.Origin.Layer != Layer.AgentProvider ? route.Detect.Over(Detect)
        : Detect.OnMatch?.Value is DetectAction.Deny or DetectAction.Hold ? new DetectSettings { OnMatch = Detect.OnMatch }
        : route.Detect;

    /// <summary>Adds the routes that an agent provider brings; see <see cref="ProviderRoutes"/>.</summary>
    public EffectivePolicy WithProviderRoutes(IReadOnlyList<Route> routes) => ProviderRoutes.Add(this, routes);

    /// <summary>Adds the credential that stands for a forwarded login, as the agent's own. Its name can't be one of the policy's.</summary>
    public EffectivePolicy WithLogin(CredentialSpec login) =>
        this with
        {
            Credentials = [.. Credentials, login],
            AgentCredential = new Setting<string>(login.Name, login.Origin),
        };

    /// <summary>Lays an agent profile over the policy: its agent and its git user, by field.</summary>
    public EffectivePolicy WithProfile(AgentProfile profile) =>
        this with
        {
            Provider = profile.Provider ?? Provider,
            GitName = profile.GitUser?.Name ?? GitName,
            GitEmail = profile.GitUser?.Email ?? GitEmail,
            GitAgents = profile.GitUser?.Agents ?? GitAgents,
        };
}

/// <summary>Limits of a sandbox, each with its origin. Memory and disk are in bytes.</summary>
public sealed record ResourceLimits(Setting<double> Cpus, Setting<long> Memory, Setting<int> Pids, Setting<long> Disk, Setting<int> Files);
