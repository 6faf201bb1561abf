using Caisson.Policy.Decisions;
using Caisson.Policy.Hosts;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <param name="Key">As in the file: <c>resources.memory</c>.</param>
/// <param name="Value">As people write it; never a secret, for a policy holds none.</param>
public sealed record ExplainedValue(string Key, string Value, Origin Origin)
{
    /// <summary><c>resources.memory = 4GiB (default)</c>, <c>git.user.name = Robot (profile, agents/coder.md:4)</c>.</summary>
    public override string ToString() => $"{Key} = {Value} ({Where})";

    /// <summary>Layer and place in words.</summary>
    public string Where =>
        Origin.Layer switch
        {
            Layer.Default => "default",
            Layer.AgentProvider => $"agent provider, {Origin}",
            var layer => $"{layer.ToString().ToLowerInvariant()}, {Origin}",
        };
}

/// <summary>Every effective value with its origin.</summary>
public static class PolicyExplain
{
    public static IReadOnlyList<ExplainedValue> All(EffectivePolicy policy)
    {
        var values = new List<ExplainedValue>();
        Add(values, "description", policy.Description, text => text);
        foreach (var entry in policy.Env)
            values.Add(new($"env.{entry.Name}", Form(entry), entry.Origin));
        Add(values, "agent.provider", policy.Provider, text => text);
        Add(values, "agent.credential", policy.AgentCredential, text => text);
        Add(values, "agent.forward_login", policy.ForwardLogin, value => value ? "true" : "false");
        Add(values, "agent.args", policy.AgentArgs, args => $"[{string.Join(", ", args)}]");
        Add(values, "agent.stop_grace", policy.StopGrace, Units.Duration);
        Add(values, "driver", policy.Driver, text => text);
        Add(
            values,
            "isolation",
            policy.Isolation,
            level => level == IsolationLevel.PlatformOnly ? "platform-only" : level.ToString().ToLowerInvariant()
        );
        Add(values, "resources.cpus", policy.Resources.Cpus, cpus => FormattableString.Invariant($"{cpus}"));
        Add(values, "resources.memory", policy.Resources.Memory, Units.Size);
        Add(values, "resources.pids", policy.Resources.Pids, pids => FormattableString.Invariant($"{pids}"));
        Add(values, "resources.disk", policy.Resources.Disk, Units.Size);
        Add(values, "resources.files", policy.Resources.Files, files => FormattableString.Invariant($"{files}"));
        Add(values, "filesystem.repo", policy.Repository, mode => mode.ToString().ToLowerInvariant());
        foreach (var mount in policy.Mounts)
            values.Add(new("filesystem.mounts[]", $"{mount.Source} → {mount.Path} ({(mount.Writable ? "rw" : "ro")})", mount.Origin));
        foreach (var path in policy.UnsafeWritable)
            values.Add(new("filesystem.unsafe_writable[]", path.Value, path.Origin));
        Add(values, "network.proxy_env", policy.ProxyEnv, value => value ? "true" : "false");
        foreach (var credential in policy.Credentials)
            values.Add(new($"credentials.{credential.Name}", Credential(credential), credential.Origin));
        foreach (var route in policy.Routes)
            values.AddRange(Route(route));
        Add(values, "git.user.name", policy.GitName, text => text);
        Add(values, "git.user.email", policy.GitEmail, text => text);
        Add(values, "recording", policy.Terminal.Recording, mode => mode.ToString().ToLowerInvariant());
        Add(values, "record_input", policy.Terminal.RecordInput, value => value ? "true" : "false");
        Add(values, "files.download", policy.Terminal.Download, value => value ? "true" : "false");
        Add(values, "terminal.maximum", policy.Terminal.Maximum, value => FormattableString.Invariant($"{value}"));
        Add(values, "terminal.idle", policy.Terminal.Idle, value => value == TimeSpan.Zero ? "never" : Units.Duration(value));
        Add(values, "terminal.ring", policy.Terminal.Ring, Units.Size);
        Add(values, "terminal.banner", policy.Terminal.Banner, value => value ? "true" : "false");
        Add(values, "git.agents", policy.GitAgents, Commits);
        Add(values, "log", policy.Log, level => level.ToString().ToLowerInvariant());
        return values;
    }

    private static string Commits(AgentCommits commits) =>
        commits == AgentCommits.CoAuthor ? "co-author" : commits.ToString().ToLowerInvariant();

    /// <summary>
    /// The values of one key (with all below it), or everything that concerns one host: routes from the deciding one to wider ones with deny entries.
    /// Empty where the policy knows neither.
    /// </summary>
    public static IReadOnlyList<ExplainedValue> For(EffectivePolicy policy, string keyOrHost)
    {
        var byKey = All(policy)
            .Where(value =>
                value.Key == keyOrHost
                || value.Key.StartsWith(keyOrHost + ".", StringComparison.Ordinal)
                || value.Key.StartsWith(keyOrHost + "[", StringComparison.Ordinal)
            )
            .ToArray();
        if (byKey.Length > 0)
            return byKey;
        var host = HostName.Canonicalise(keyOrHost);
        if (!host.IsValid)
            return [];
        var plan = new HostIndex([.. policy.Routes.Select((route, at) => new CompiledRoute(route, at))]).Find(host.Host);
        if (plan is null)
            return [];
        return
        [
            .. plan.Routes.Concat(plan.Denials.Select(denial => denial.Route)).Distinct().SelectMany(route => Route(route.Source)),
            .. policy
                .Credentials.Where(credential =>
                    credential.Bind.Any(bind => HostPattern.TryParse(bind.Host, out var pattern, out _) && pattern.Matches(host.Host))
                )
                .Select(credential => new ExplainedValue($"credentials.{credential.Name}", Credential(credential), credential.Origin)),
        ];
    }

    private static IEnumerable<ExplainedValue> Route(Route route)
    {
        var label = route.Label ?? "routes[]";
        var detail = new List<string> { route.Host, $"ports {string.Join(", ", route.Ports)}" };
        if (route.Protocol != RouteProtocol.Http)
            detail.Add($"protocol {route.Protocol.ToString().ToLowerInvariant()}");
        if (route.Tls == TlsMode.Passthrough)
            detail.Add("tls passthrough");
        if (route.Credential is not null)
            detail.Add($"credential {route.Credential}");
        if (route.Match.Count == 0)
            detail.Add("everything");
        yield return new(label, string.Join("; ", detail), route.Origin);
        for (var at = 0; at < route.Match.Count; at++)
            yield return new($"{label}.match[{at}]", Rule(route.Match[at]), route.Match[at].Origin);
        for (var at = 0; at < route.Deny.Count; at++)
            yield return new($"{label}.deny[{at}]", Rule(route.Deny[at]), route.Deny[at].Origin);
    }

    private static string Rule(MatchRule rule)
    {
        var methods = rule.Methods.Count == 0 ? "any method" : string.Join('|', rule.Methods);
        var paths =
            rule.Paths.Count == 0
                ? "any path"
                : string.Join(" or ", rule.Paths.Select(path => $"{path.Type.ToString().ToLowerInvariant()} {path.Value}"));
        return rule.Credential is null ? $"{methods} on {paths}" : $"{methods} on {paths} with credential {rule.Credential}";
    }

    private static string Credential(CredentialSpec credential)
    {
        var source = credential.Source.Kind.ToString().ToLowerInvariant();
        var from = credential.Source.Kind == CredentialSourceKind.Prompt ? source : $"{source} {credential.Source.Value}";
        var places = credential.Bind.Select(bind => bind.Host + (bind.Port is { } port ? $":{port}" : "") + bind.PathPrefix);
        return $"from {from}; {credential.Scheme.ToString().ToLowerInvariant()}; may go to {string.Join(", ", places)}{(credential.Required ? "" : "; not required")}";
    }

    private static string Form(EnvEntry entry) =>
        entry.Form switch
        {
            EnvForm.Ask => "asked at launch",
            EnvForm.ServerVariable => $"the server's variable {entry.Text}, in clear",
            EnvForm.Credential => $"placeholder of credential {entry.Text}",
            _ => entry.Text,
        };

    private static void Add<T>(List<ExplainedValue> values, string key, Setting<T>? setting, Func<T, string> show)
    {
        if (setting is not null)
            values.Add(new(key, show(setting.Value), setting.Origin));
    }
}
