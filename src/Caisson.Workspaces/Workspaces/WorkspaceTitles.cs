using System.Data.Common;
using System.Globalization;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// A title is for people: free text that no two workspaces of one owner have, whatever its case. Nothing is found by it, inside or outside; that is what ids
/// and names are for.
/// </summary>
internal static class WorkspaceTitles
{
    private const int Longest = 60;

    /// <summary>Of a title that somebody typed.</summary>
    /// <exception cref="SandboxException"><c>name_taken</c>.</exception>
    internal static string Demand(DbConnection connection, DbTransaction transaction, string owner, string id, string title) =>
        Others(connection, transaction, owner, id).Contains(title)
            ? throw new SandboxException("name_taken", $"There is a workspace titled '{title}' already.", "Choose another title.")
            : title;

    /// <summary>Of a title that nobody typed just now: the same, or the same with a number behind it.</summary>
    internal static string Free(DbConnection connection, DbTransaction transaction, string owner, string id, string title)
    {
        var others = Others(connection, transaction, owner, id);
        for (var number = 1; ; number++)
        {
            var behind = number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {number}");
            var free = title[..Math.Min(title.Length, Longest - behind.Length)] + behind;
            if (!others.Contains(free))
                return free;
        }
    }

    private static HashSet<string> Others(DbConnection connection, DbTransaction transaction, string owner, string id) =>
        new(WorkspaceStore.TitlesOf(connection, transaction, owner, id), StringComparer.OrdinalIgnoreCase);
}
