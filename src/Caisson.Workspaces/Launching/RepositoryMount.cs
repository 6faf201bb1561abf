using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// A repository mounted read-write, with what would run something on the host laid over it read-only. Each protected path's parents are
/// mount points of their own, so renaming one (<c>mv .git</c>) fails instead of moving the protection away.
/// </summary>
internal static class RepositoryMount
{
    private const string RecordName = "mount.json";
    private static readonly Lock s_gate = new();

    /// <summary>Makes the placeholders on the host and returns the mounts.</summary>
    /// <param name="state">Directory of the sandbox's own files, which remembers what to take back.</param>
    /// <exception cref="SandboxException"><c>protected_path</c>, or <c>state_conflict</c> while another sandbox has it mounted.</exception>
    internal static async Task<IReadOnlyList<BindMount>> PrepareAsync(
        HostRepository repository,
        IReadOnlyList<string> unsafeWritable,
        string state,
        CancellationToken cancellation
    )
    {
        var root = repository.Root;
        var configured = await repository.ConfiguredPathsAsync(cancellation);
        lock (s_gate)
        {
            RefuseSecond(root, state);
            var layout = ProtectedLayout.Of(root, unsafeWritable, configured);
            Placeholders.Create(root, layout, Path.Combine(state, RecordName));
            var inside = $"/workspace/{repository.Name}";
            return
            [
                new BindMount(root, inside, Writable: true, MapOwner: true),
                .. layout.Mounts.Select(mount => new BindMount(
                    Path.Combine(root, mount.Path),
                    $"{inside}/{mount.Path}",
                    mount.Writable,
                    MapOwner: true,
                    OwnerOf: root
                )),
            ];
        }
    }

    /// <summary>Takes back what <see cref="PrepareAsync"/> changed, after the last process has ended. Returns what a person should know.</summary>
    internal static IReadOnlyList<string> Release(string state)
    {
        lock (s_gate)
            return Placeholders.Remove(Path.Combine(state, RecordName));
    }

    /// <summary>Repositories that agents have made in the mounted one since the launch, which nothing protects yet.</summary>
    internal static IReadOnlyList<string> NewRepositories(string state) => Placeholders.NewRepositories(Path.Combine(state, RecordName));

    /// <summary>The agent of another sandbox could exchange paths between their check and their mount.</summary>
    private static void RefuseSecond(string root, string state)
    {
        foreach (var other in Directory.EnumerateDirectories(Path.GetDirectoryName(state)!).Where(other => other != state))
        {
            if (Placeholders.Root(Path.Combine(other, RecordName)) is { } mounted && (IsBelow(root, mounted) || IsBelow(mounted, root)))
            {
                throw new SandboxException(
                    "state_conflict",
                    $"{mounted} is mounted in the sandbox {Path.GetFileName(other)} already; one sandbox at a time can have a repository mounted.",
                    "Stop that sandbox first, or start with --repo clone."
                );
            }
        }
    }

    private static bool IsBelow(string path, string root) => (path + "/").StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal);
}
