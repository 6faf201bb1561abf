using System.Runtime.CompilerServices;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

public sealed class TransitionsTests
{
    [Fact]
    public void ThePublishedTable_IsTheOneThatDecides() => Page().ShouldContain(Transitions.Document());

    [Fact]
    public void EveryState_CanBeLeft_AndBeDeletedUnlessItIs()
    {
        foreach (var state in Enum.GetValues<WorkspaceState>().Where(state => state != WorkspaceState.Deleted))
        {
            Transitions.AllowsAction(state, "delete").ShouldBeTrue(state.ToString());
            Transitions.Allows(state, WorkspaceState.Deleted).ShouldBeTrue(state.ToString());
        }
        Transitions.Allows(WorkspaceState.Unknown, WorkspaceState.Starting).ShouldBeFalse();
    }

    private static string Page([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/workspaces.md"));
}
