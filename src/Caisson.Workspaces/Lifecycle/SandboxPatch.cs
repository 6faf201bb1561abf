using Caisson.Sandboxes;
using Caisson.Workspaces.Repositories;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>The work in a sandbox's clone or copy since its launch, made inside the sandbox by its own git.</summary>
internal static class SandboxPatch
{
    /// <summary>Whether this sandbox has work that comes back as a patch at all.</summary>
    internal static bool AppliesTo(SandboxRecord record) => record.Document is { BaseTree: not null, RepositoryRoot: not null };

    /// <exception cref="SandboxException"><c>state_conflict</c>: there is no clone or copy; or git's own failure.</exception>
    internal static async Task<string> MakeAsync(SandboxRecord record, ISandbox sandbox, CancellationToken cancellation)
    {
        var document = record.Document;
        if (document.BaseTree is not { } from || document.RepositoryRoot is not { } root)
        {
            throw new SandboxException(
                "state_conflict",
                document.RepositoryMode == "mount"
                    ? "The repository is mounted: its changes are in place already."
                    : "This sandbox was started outside a repository."
            );
        }
        var git = new InsideGit(sandbox.Init, $"/workspace/{Path.GetFileName(root)}");
        var to = await git.SnapshotAsync(cancellation);
        return await git.DiffAsync(from, to, cancellation);
    }
}
