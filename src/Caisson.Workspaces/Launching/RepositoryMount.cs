using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// A repository mounted read-write, with what would run something on the host laid over it read-only. Each protected directory's parents are
/// mount points of their own, so renaming one (<c>mv .git</c>) fails instead of moving the protection away.
/// </summary>
internal static class RepositoryMount
{
    internal static IEnumerable<BindMount> Of(HostRepository repository, IReadOnlyList<string> unsafeWritable)
    {
        var inside = $"/workspace/{repository.Name}";
        yield return new BindMount(repository.Root, inside, Writable: true, MapOwner: true);
        foreach (var (path, writable) in ProtectedLayout.Of(repository.Root, unsafeWritable))
            yield return new BindMount(Path.Combine(repository.Root, path), $"{inside}/{path}", writable, MapOwner: true);
    }
}
