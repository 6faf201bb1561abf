using System.Collections.Frozen;
using static Caisson.Identity.Permission;

namespace Caisson.Identity;

/// <summary>Rights in one workspace.</summary>
public static class WorkspaceRights
{
    public const string Owner = "owner";

    /// <summary>Writes in terminals. Neither shares, starts, stops nor deletes.</summary>
    public const string Collaborator = "collaborator";

    /// <summary>Watches.</summary>
    public const string Viewer = "viewer";

    private static readonly FrozenDictionary<string, FrozenSet<Permission>> Rights = new Dictionary<string, Permission[]>(
        StringComparer.Ordinal
    )
    {
        [Owner] =
        [
            WorkspacesRead,
            WorkspacesWrite,
            WorkspacesShare,
            TerminalsView,
            TerminalsWrite,
            FilesRead,
            FilesWrite,
            JobsRead,
            RecordingsRead,
        ],
        [Collaborator] = [WorkspacesRead, TerminalsView, TerminalsWrite, FilesRead, FilesWrite, JobsRead],
        [Viewer] = [WorkspacesRead, TerminalsView, JobsRead],
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(), StringComparer.Ordinal);

    /// <summary>Everything that one of them gives.</summary>
    public static IEnumerable<Permission> All => Rights[Owner];

    public static IReadOnlyList<string> Names { get; } = [Owner, Collaborator, Viewer];

    public static bool Includes(string right, Permission permission) =>
        Rights.TryGetValue(right, out var permissions) && permissions.Contains(permission);
}
