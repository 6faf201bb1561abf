using Caisson.Api;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>Why a workspace is in its state, in words.</summary>
internal static class WorkspaceWhy
{
    /// <param name="actor">The name of who asked for it, or null.</param>
    /// <param name="use">When and by what it was last used.</param>
    /// <param name="stops">When it stops if nobody uses it.</param>
    internal static WhyResponse Of(WorkspaceRecord workspace, string? actor, LastUse use, DateTimeOffset? stops)
    {
        var by = actor is null or WorkspaceService.Caisson ? "Caisson itself" : actor;
        var text = workspace switch
        {
            { Observed: WorkspaceState.Running } when stops is { } end =>
                $"It runs since {Time(workspace.Since)}; {by} started it. It was last used at {Time(use.Time)} ({use.Source}) and stops at {Time(end)} if nobody uses it.",
            { Observed: WorkspaceState.Running } =>
                $"It runs since {Time(workspace.Since)}; {by} started it. Nothing stops it but a person: no idle time is set.",
            { Observed: WorkspaceState.Stopped, StopReason: "crash" } =>
                $"Its sandbox ended by itself at {Time(workspace.Since)}; Caisson starts it again.",
            { Observed: WorkspaceState.Stopped, StopReason: "oom" } =>
                $"Its sandbox ended at {Time(workspace.Since)} after its memory was full; the template's limits.memory decides how much there is.",
            { Observed: WorkspaceState.Stopped, StopReason: "idle" } =>
                $"Nobody used it for as long as its template or workspaces.idle_minutes allows, so it was stopped at {Time(workspace.Since)}. It was last used at {Time(use.Time)} ({use.Source}).",
            { Observed: WorkspaceState.Stopped, StopReason: WorkspaceService.WithServer } =>
                $"It was stopped at {Time(workspace.Since)} with the server, which was told to (server.stop_workspaces). Start it when it is needed.",
            { Observed: WorkspaceState.Stopped } =>
                $"{by} stopped it at {Time(workspace.Since)} ({workspace.StopReason ?? workspace.Reason}).",
            { Observed: WorkspaceState.Failed } =>
                $"It failed at {Time(workspace.Since)}: {workspace.Message} ({workspace.Reason}). The job {workspace.Job} has the steps.",
            { Observed: WorkspaceState.Deleted, HomeUntil: { } until } =>
                $"{by} deleted it at {Time(workspace.Since)}; its home is kept until {Time(until)}.",
            { Observed: WorkspaceState.Unknown } => $"Since {Time(workspace.Since)} it can't be told whether it runs: {workspace.Message}",
            _ => $"It is {workspace.Observed.Text()} since {Time(workspace.Since)} ({workspace.Reason}); {by} asked for it.",
        };
        return new WhyResponse(
            text,
            workspace.StopReason ?? workspace.Reason,
            workspace.Since,
            workspace.Actor,
            workspace is not { Observed: WorkspaceState.Running } ? []
                : stops is null ? ["no_idle_limit"]
                : workspace.Document.ExtendedUntil >= stops ? ["extended"]
                : [use.Source]
        );
    }

    private static string Time(DateTimeOffset time) => $"{time:yyyy-MM-dd HH:mm} UTC";
}
