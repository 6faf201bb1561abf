using Caisson.Workspaces.Lifecycle;

namespace Caisson.Workspaces.Workspaces;

/// <summary>When a workspace that runs was last used, and by what.</summary>
/// <param name="Source"><c>started</c>, <c>input</c> or <c>requests</c>.</param>
public sealed record LastUse(DateTimeOffset Time, string Source);

/// <summary>
/// What counts as use: keys typed into a terminal, and requests that reach the gateway from inside. Open pages, heartbeats and output alone do not: they
/// would keep everything running for ever.
/// </summary>
public sealed class WorkspaceUses
{
    /// <summary>A person is told so long before.</summary>
    public static readonly TimeSpan Warning = TimeSpan.FromMinutes(10);

    private readonly SandboxService _sandboxes;
    private readonly TimeSpan _otherwise;
    private readonly DateTimeOffset _since;

    /// <param name="since">The server's start: what was typed before is not known, so time is counted from there at the earliest.</param>
    internal WorkspaceUses(SandboxService sandboxes, TimeSpan otherwise, DateTimeOffset since) =>
        (_sandboxes, _otherwise, _since) = (sandboxes, otherwise, since);

    /// <summary>When somebody last typed into a terminal of a workspace, or null.</summary>
    internal Func<string, DateTimeOffset?> LastTyped { get; set; } = _ => null;

    public LastUse Of(WorkspaceRecord workspace)
    {
        var last = new LastUse(workspace.LastUsed, "started");
        if (LastTyped(workspace.Id) is { } typed && typed > last.Time)
            last = new LastUse(typed, "input");
        if (workspace.Sandbox is { } sandbox && _sandboxes.LastRequest(sandbox) is { } asked && asked > last.Time)
            last = new LastUse(asked, "requests");
        return last;
    }

    /// <summary>When it is stopped if nobody uses it; null: never, or it does not run.</summary>
    public DateTimeOffset? StopsAt(WorkspaceRecord workspace)
    {
        var limit = workspace.Document.Idle ?? _otherwise;
        if (limit == Timeout.InfiniteTimeSpan || workspace is not { Observed: WorkspaceState.Running, Desired: DesiredState.Running })
            return null;
        var used = Of(workspace).Time;
        var idle = (used > _since ? used : _since) + limit;
        return workspace.Document.ExtendedUntil is { } extended && extended > idle ? extended : idle;
    }
}
