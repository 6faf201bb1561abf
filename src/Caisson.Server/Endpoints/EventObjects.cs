using System.Text.Json;
using System.Text.Json.Nodes;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Terminals;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>What an event carries: the object as its GET shows it, for who may read it.</summary>
internal sealed class EventObjects(WorkspaceService service, TerminalService terminals, WorkspaceViews views)
{
    /// <returns>Null for what the caller may not see.</returns>
    internal string? Json(HttpContext context, StreamEvent one)
    {
        if (one.Workspace is { } id)
        {
            var workspace = service.Store.Find(id);
            var permission = one.Type switch
            {
                "job.changed" => Permission.JobsRead,
                "terminal.changed" => Permission.TerminalsView,
                _ => Permission.WorkspacesRead,
            };
            if (workspace is null || !context.May(permission, WorkspaceViews.Resource(workspace)))
                return null;
        }
        var body = new JsonObject
        {
            ["type"] = one.Type,
            ["id"] = one.Object,
            ["owner"] = one.Owner,
            ["workspace"] = one.Workspace,
            ["object"] = Object(context, one),
        };
        return body.ToJsonString();
    }

    private JsonNode? Object(HttpContext context, StreamEvent one) =>
        one switch
        {
            { Data: { } data } => JsonNode.Parse(data),
            { Type: "workspace.changed" } => service.Store.Find(one.Object) is { } workspace
                ? JsonSerializer.SerializeToNode(views.Workspace(workspace), WorkspaceJson.Default.WorkspaceResponse)
                : null,
            { Type: "job.changed" } => service.Jobs.Find(one.Object) is { } job
                ? JsonSerializer.SerializeToNode(views.Job(job), WorkspaceJson.Default.JobResponse)
                : null,
            { Type: "terminal.changed" } => terminals.Find(one.Object) is { } session
            && terminals.Place(session.Record.Workspace) is { } place
                ? JsonSerializer.SerializeToNode(
                    TerminalEndpoints.Response(session, null, context, place),
                    ApiJson.Default.TerminalResponse
                )
                : null,
            _ => null,
        };
}
