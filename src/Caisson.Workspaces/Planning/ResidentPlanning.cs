using Caisson.Agents;
using Caisson.Api;
using Caisson.Policy;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Planning;

/// <summary>What a workspace's template lays over the policies: variables, limits and the person's git identity. Never a route.</summary>
internal static class ResidentPlanning
{
    internal static EffectivePolicy Apply(EffectivePolicy policy, Resident resident)
    {
        var origin = new Origin(Layer.Launch, "workspace template");
        var limits = resident.Limits;
        var resources = policy.Resources;
        return policy with
        {
            Env =
            [
                .. policy.Env.Where(entry => !resident.Env.ContainsKey(entry.Name) && !resident.Credentials.ContainsKey(entry.Name)),
                .. resident.Env.Select(pair => new EnvEntry(pair.Key, EnvForm.Literal, pair.Value, origin)),
                .. resident.Credentials.Select(pair => new EnvEntry(pair.Key, EnvForm.Credential, pair.Value, origin)),
            ],
            Resources = new ResourceLimits(
                Or(limits.Cpus, resources.Cpus, origin),
                Or(limits.Memory, resources.Memory, origin),
                Or(limits.Processes, resources.Pids, origin),
                Or(limits.Disk, resources.Disk, origin),
                Or(limits.Files, resources.Files, origin)
            ),
            GitName = policy.GitName ?? (resident.GitName is { } name ? new Setting<string>(name, origin) : null),
            GitEmail = policy.GitEmail ?? (resident.GitEmail is { } email ? new Setting<string>(email, origin) : null),
        };
    }

    /// <summary>The policy's agent credential, where it is bound to a host of this agent; else the agent signs in by itself.</summary>
    internal static string? Credential(EffectivePolicy policy, string? name, IAgentProvider provider)
    {
        if (name is null)
            return null;
        if (policy.Provider?.Value is { } only)
            return only == provider.Name ? name : null;
        var hosts = policy.Credentials.FirstOrDefault(credential => credential.Name == name)?.Bind.Select(bind => bind.Host) ?? [];
        return provider.Hosts.Intersect(hosts, StringComparer.OrdinalIgnoreCase).Any() ? name : null;
    }

    private static Setting<T> Or<T>(T? value, Setting<T> policy, Origin origin)
        where T : struct => value is { } given ? new Setting<T>(given, origin) : policy;
}
