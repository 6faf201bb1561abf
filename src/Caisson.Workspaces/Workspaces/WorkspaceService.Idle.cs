using System.Text.Json.Nodes;
using Caisson.Sandboxes;
using Caisson.Storage;
using Caisson.Workspaces.Events;

namespace Caisson.Workspaces.Workspaces;

/// <summary>Workspaces that nobody uses stop; whoever may use one can put that off.</summary>
public sealed partial class WorkspaceService
{
    /// <summary>The longest that a stop can be put off at once.</summary>
    public static readonly TimeSpan LongestExtension = TimeSpan.FromDays(7);

    /// <exception cref="SandboxException"><c>invalid_request</c>, <c>state_conflict</c>: it does not run.</exception>
    public WorkspaceRecord Extend(string id, TimeSpan time)
    {
        if (time <= TimeSpan.Zero || time > LongestExtension)
            throw new SandboxException("invalid_request", $"hours: more than 0 and at most {LongestExtension.TotalHours:0} are expected.");
        return _store.Change(
                id,
                workspace =>
                    workspace.Observed == WorkspaceState.Running
                        ? workspace with
                        {
                            Document = workspace.Document with { ExtendedUntil = _time.GetUtcNow() + time },
                        }
                        : throw new SandboxException("state_conflict", "It does not run, so there is nothing to put off.", "Start it.")
            ) ?? throw Unknown();
    }

    /// <summary>Tells those who may see it that it is about to stop.</summary>
    internal void Warn(WorkspaceRecord workspace, DateTimeOffset end) =>
        _events.Do(
            (_, _, added) =>
            {
                var data = new JsonObject
                {
                    ["kind"] = "idle",
                    ["workspace"] = workspace.Id,
                    ["name"] = workspace.Name,
                    ["stopsAt"] = Timestamp.Format(end),
                };
                added.Add(new NewEvent("notice", workspace.Id, workspace.Owner, workspace.Id, data.ToJsonString()));
                return 0;
            }
        );
}
