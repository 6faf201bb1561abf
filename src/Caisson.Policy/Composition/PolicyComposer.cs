using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <summary>
/// Merges policies in order. Entries of <c>env</c> and <c>credentials</c> replace earlier ones of their name; routes replace earlier ones of the same
/// host, port and protocol, whose deny entries stay; lists join; single values: the last one wins.
/// </summary>
public static class PolicyComposer
{
    private static readonly Origin Unset = new(Layer.Default, "default");

    /// <summary>Loads and merges. The errors of every file are returned together.</summary>
    public static ComposeResult Load(IReadOnlyList<string> namesOrPaths, PolicyLoadOptions options)
    {
        var results = namesOrPaths.Select(name => PolicyLoader.Load(name, options)).ToArray();
        var warnings = results.SelectMany(result => result.Warnings).ToArray();
        var errors = results.SelectMany(result => result.Errors).ToArray();
        if (errors.Length > 0)
            return new ComposeResult(null, errors, warnings);
        var composed = Compose([.. results.Select(result => result.Policy!)]);
        return composed with { Warnings = [.. warnings, .. composed.Warnings] };
    }

    /// <summary>Merges loaded policies and checks what only the whole can tell: references to credentials, binds, overlapping routes.</summary>
    public static ComposeResult Compose(IReadOnlyList<PolicyManifest> policies)
    {
        var policy = new EffectivePolicy
        {
            Sources = policies,
            Description = Last(policies, manifest => manifest.Description),
            Env = ByName(policies.SelectMany(manifest => manifest.Env), entry => entry.Name),
            Provider = Last(policies, manifest => manifest.Agent.Provider),
            AgentCredential = Last(policies, manifest => manifest.Agent.Credential),
            ForwardLogin = Last(policies, manifest => manifest.Agent.ForwardLogin) ?? Default(false),
            AgentArgs = Last(policies, manifest => manifest.Agent.Args) ?? new Setting<IReadOnlyList<string>>([], Unset),
            StopGrace = Last(policies, manifest => manifest.Agent.StopGrace) ?? Default(TimeSpan.FromSeconds(8)),
            Driver = Last(policies, manifest => manifest.Driver),
            Isolation = Last(policies, manifest => manifest.Isolation) ?? Default(IsolationLevel.Namespaces),
            Resources = new ResourceLimits(
                Last(policies, manifest => manifest.Resources.Cpus) ?? Default(2.0),
                Last(policies, manifest => manifest.Resources.Memory) ?? Default(4L << 30),
                Last(policies, manifest => manifest.Resources.Pids) ?? Default(1024),
                Last(policies, manifest => manifest.Resources.Disk) ?? Default(20L << 30),
                Last(policies, manifest => manifest.Resources.Files) ?? Default(65536)
            ),
            Repository = Last(policies, manifest => manifest.Filesystem.Repository) ?? Default(RepositoryMode.Clone),
            Mounts = ByName(policies.SelectMany(manifest => manifest.Filesystem.Mounts), mount => mount.Path),
            UnsafeWritable = ByName(policies.SelectMany(manifest => manifest.Filesystem.UnsafeWritable), path => path.Value),
            ProxyEnv = Last(policies, manifest => manifest.ProxyEnv) ?? Default(false),
            Credentials = ByName(policies.SelectMany(manifest => manifest.Credentials), credential => credential.Name),
            Detect = policies.Aggregate(new DetectSettings(), (settings, manifest) => manifest.Detect.Over(settings)),
            Routes = RouteMerge.Merge(policies),
            GitName = Last(policies, manifest => manifest.GitUser?.Name),
            GitEmail = Last(policies, manifest => manifest.GitUser?.Email),
            Terminal = new TerminalRules(
                Last(policies, manifest => manifest.Terminal.Recording) ?? Default(RecordingMode.Off),
                Last(policies, manifest => manifest.Terminal.RecordInput) ?? Default(false),
                Last(policies, manifest => manifest.Terminal.Download) ?? Default(true),
                Last(policies, manifest => manifest.Terminal.Maximum) ?? Default(10),
                Last(policies, manifest => manifest.Terminal.Idle) ?? Default(TimeSpan.FromHours(24)),
                Last(policies, manifest => manifest.Terminal.Banner) ?? Default(true),
                Last(policies, manifest => manifest.Terminal.Ring) ?? Default(8L << 20)
            ),
            GitAgents = Last(policies, manifest => manifest.GitUser?.Agents),
            Log = Last(policies, manifest => manifest.Log) ?? Default(LogLevel.Denied),
        };
        var errors = WholePolicyChecks.Errors(policy).ToArray();
        return new ComposeResult(errors.Length == 0 ? policy : null, errors, [.. WholePolicyChecks.Warnings(policy)]);
    }

    /// <summary>Oddities of a whole policy; complete once the agent provider's routes are part of it.</summary>
    public static IReadOnlyList<PolicyError> Warnings(EffectivePolicy policy) => [.. WholePolicyChecks.Warnings(policy)];

    private static Setting<T> Default<T>(T value) => new(value, Unset);

    private static Setting<T>? Last<T>(IReadOnlyList<PolicyManifest> policies, Func<PolicyManifest, Setting<T>?> read) =>
        policies.Select(read).LastOrDefault(setting => setting is not null);

    // In order of first declaration, with the last value.
    private static T[] ByName<T>(IEnumerable<T> entries, Func<T, string> name) =>
        [.. entries.GroupBy(name, StringComparer.Ordinal).Select(group => group.Last())];
}
