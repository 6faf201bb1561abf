using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Terminals;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>
/// What an event carries: the object as its GET shows it, for who may read it. Thousands may listen, so what is the same for all of them is made once an
/// event; whether the caller may see it is asked for each, by what holds when it is sent.
/// </summary>
internal sealed class EventObjects(WorkspaceService service, TerminalService terminals, WorkspaceViews views)
{
    private const int Most = 500;

    private readonly ConcurrentDictionary<long, string> _bodies = new();
    private readonly ConcurrentDictionary<string, Seen> _workspaces = new(StringComparer.Ordinal);

    /// <returns>Null for what the caller may not see.</returns>
    internal string? Json(HttpContext context, StreamEvent one)
    {
        if (one.Workspace is { } id)
        {
            var permission = one.Type switch
            {
                "job.changed" => Permission.JobsRead,
                "terminal.changed" => Permission.TerminalsView,
                _ => Permission.WorkspacesRead,
            };
            if (Workspace(id) is not { } workspace || !context.May(permission, WorkspaceViews.Resource(workspace)))
                return null;
        }
        // A terminal says what the caller may do in it.
        if (one.Type == "terminal.changed")
            return Body(one, Terminal(context, one));
        if (_bodies.TryGetValue(one.Id, out var known))
            return known;
        if (_bodies.Count >= Most)
            _bodies.Clear();
        return _bodies[one.Id] = Body(one, Object(one));
    }

    /// <summary>A right that is given or taken is an event, so what was read after the newest event still holds.</summary>
    private WorkspaceRecord? Workspace(string id)
    {
        var last = service.Events.Last;
        if (_workspaces.TryGetValue(id, out var seen) && seen.After == last)
            return seen.Record;
        if (_workspaces.Count >= Most)
            _workspaces.Clear();
        var record = service.Store.Find(id);
        _workspaces[id] = new Seen(last, record);
        return record;
    }

    private static string Body(StreamEvent one, JsonNode? shown) =>
        new JsonObject
        {
            ["type"] = one.Type,
            ["id"] = one.Object,
            ["owner"] = one.Owner,
            ["workspace"] = one.Workspace,
            ["object"] = shown,
        }.ToJsonString();

    private JsonNode? Object(StreamEvent one) =>
        one switch
        {
            { Data: { } data } => JsonNode.Parse(data),
            { Type: "workspace.changed" } => service.Store.Find(one.Object) is { } workspace
                ? JsonSerializer.SerializeToNode(views.Workspace(workspace), WorkspaceJson.Default.WorkspaceResponse)
                : null,
            { Type: "job.changed" } => service.Jobs.Find(one.Object) is { } job
                ? JsonSerializer.SerializeToNode(views.Job(job), WorkspaceJson.Default.JobResponse)
                : null,
            _ => null,
        };

    private JsonNode? Terminal(HttpContext context, StreamEvent one) =>
        terminals.Find(one.Object) is { } session && terminals.Place(session.Record.Workspace) is { } place
            ? JsonSerializer.SerializeToNode(TerminalEndpoints.Response(session, null, context, place), ApiJson.Default.TerminalResponse)
            : null;

    /// <param name="After">The newest event when it was read.</param>
    private sealed record Seen(long After, WorkspaceRecord? Record);
}
