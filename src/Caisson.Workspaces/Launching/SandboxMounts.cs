using Caisson.Agents.Store;
using Caisson.Sandboxes;
using Caisson.Workspaces.Planning;

namespace Caisson.Workspaces.Launching;

/// <summary>What of the host a sandbox sees beside its own directories: agents from the store, the policy's mounts, a mounted repository.</summary>
internal static class SandboxMounts
{
    internal static IEnumerable<BindMount> Of(RunPlan plan, AgentStore agents)
    {
        if (plan.Provider is { } provider && agents.State(provider.Name) is { Directory: { } unpacked })
            yield return new BindMount(unpacked, $"{AgentStore.MountRoot}/{provider.Name}");
        if (plan is { RepositoryMode: "mount", Repository: { } repository })
        {
            foreach (var mount in RepositoryMount.Of(repository, [.. plan.Policy.UnsafeWritable.Select(path => path.Value)]))
                yield return mount;
        }
        foreach (var mount in plan.Policy.Mounts)
            yield return new BindMount(mount.Source, mount.Path, mount.Writable, MapOwner: true);
    }
}
