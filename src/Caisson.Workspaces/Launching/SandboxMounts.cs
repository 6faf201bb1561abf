using Caisson.Agents.Store;
using Caisson.Sandboxes;
using Caisson.Workspaces.Planning;

namespace Caisson.Workspaces.Launching;

/// <summary>What of the host a sandbox sees beside its own directories: agents from the store, the policy's mounts, a mounted repository.</summary>
internal static class SandboxMounts
{
    /// <param name="state">Directory of the sandbox's own files.</param>
    internal static async Task<IReadOnlyList<BindMount>> PrepareAsync(
        RunPlan plan,
        AgentStore agents,
        string state,
        CancellationToken cancellation
    )
    {
        var mounts = new List<BindMount>();
        foreach (var agent in plan.Agents)
        {
            if (agents.State(agent.Provider.Name) is { Directory: { } unpacked })
                mounts.Add(new BindMount(unpacked, $"{AgentStore.MountRoot}/{agent.Provider.Name}"));
        }
        if (plan is { RepositoryMode: "mount", Repository: { } repository })
        {
            var open = plan.Policy.UnsafeWritable.Select(path => path.Value);
            mounts.AddRange(await RepositoryMount.PrepareAsync(repository, [.. open], state, cancellation));
        }
        foreach (var mount in plan.Policy.Mounts)
            mounts.Add(new BindMount(mount.Source, mount.Path, mount.Writable, MapOwner: true));
        return mounts;
    }
}
