using System.Collections.Frozen;
using System.Text;
using static Caisson.Workspaces.Workspaces.WorkspaceState;

namespace Caisson.Workspaces.Workspaces;

/// <summary>The published table of changes of state; <c>docs/workspaces.md</c> holds it. The store refuses every other.</summary>
public static class Transitions
{
    private static readonly FrozenDictionary<WorkspaceState, WorkspaceState[]> Table = new Dictionary<WorkspaceState, WorkspaceState[]>
    {
        [Queued] = [Provisioning, Starting, Stopping, Stopped, Failed, Deleting, Deleted],
        [Provisioning] = [Queued, Starting, Stopping, Stopped, Failed, Deleting, Deleted],
        [Starting] = [Queued, Provisioning, Running, Stopping, Stopped, Failed, Unknown, Deleting, Deleted],
        [Running] = [Starting, Stopping, Stopped, Failed, Unknown, Deleting, Deleted],
        [Stopping] = [Running, Starting, Stopped, Failed, Unknown, Deleting, Deleted],
        [Stopped] = [Queued, Provisioning, Starting, Running, Stopping, Archived, Failed, Deleting, Deleted],
        [Archived] = [Queued, Stopped, Deleting, Deleted],
        [Failed] = [Queued, Provisioning, Starting, Running, Stopping, Stopped, Deleting, Deleted],
        [Deleting] = [Running, Stopped, Failed, Deleted],
        [Deleted] = [Stopped],
        [Unknown] = [Running, Stopping, Stopped, Failed, Deleting, Deleted],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, WorkspaceState[]> Actions = new Dictionary<string, WorkspaceState[]>(
        StringComparer.Ordinal
    )
    {
        ["start"] = [Stopped, Archived, Failed],
        ["stop"] = [Queued, Provisioning, Starting, Running, Failed, Unknown],
        ["restart"] = [Running, Stopped, Failed],
        ["delete"] = [Queued, Provisioning, Starting, Running, Stopping, Stopped, Archived, Failed, Deleting, Unknown],
        ["restore"] = [Deleted],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Allows(WorkspaceState from, WorkspaceState to) => from == to || Table[from].Contains(to);

    /// <summary>Whether people may ask for this in that state.</summary>
    public static bool AllowsAction(WorkspaceState state, string action) => Actions[action].Contains(state);

    public static IReadOnlyList<string> ActionsIn(WorkspaceState state) =>
        [.. Actions.Where(action => action.Value.Contains(state)).Select(action => action.Key).Order(StringComparer.Ordinal)];

    /// <summary>As Markdown.</summary>
    public static string Document()
    {
        var text = new StringBuilder("| state | may become | may be asked for |\n|---|---|---|\n");
        foreach (var state in Enum.GetValues<WorkspaceState>())
            text.Append($"| `{state.Text()}` | {string.Join(", ", Table[state].Select(to => $"`{to.Text()}`"))} | ")
                .Append($"{string.Join(", ", ActionsIn(state))} |\n");
        return text.ToString();
    }

    /// <summary>As the API names it.</summary>
    public static string Text(this WorkspaceState state) => state.ToString().ToLowerInvariant();

    public static string Text(this DesiredState state) => state.ToString().ToLowerInvariant();
}
