using System.Net.WebSockets;
using Caisson.Identity;
using Caisson.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caisson.Server.Tests.Access;

/// <summary>Endpoints as other rooms of the house write them: resolve the thing, ask, act.</summary>
internal static class LabWorkspace
{
    internal const string Id = "w-1";

    /// <summary>The one workspace; null when it is gone.</summary>
    internal static Resource? Of(string owner, params (string User, string Right)[] shares) =>
        new("workspace", Id, owner, shares.ToDictionary(share => share.User, share => share.Right));

    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet(
                "/lab/{owner}/{id}",
                (string owner, string id, string? guest, HttpContext context) =>
                    context.Authorize(Permission.TerminalsView, Find(owner, id, guest)) ?? Results.Text("seen")
            )
            .Requires(Permission.TerminalsView);
        api.MapPost(
                "/lab/{owner}/{id}",
                (string owner, string id, string? guest, HttpContext context) =>
                    context.Authorize(Permission.WorkspacesWrite, Find(owner, id, guest)) ?? Results.Text("changed")
            )
            .Requires(Permission.WorkspacesWrite);
        api.MapPost("/lab/typing", () => Results.Text("typed")).SignedIn().LimitedAsInput();
        api.MapGet("/lab/{owner}/{id}/socket", SocketAsync).Requires(Permission.TerminalsView);
    }

    private static async Task<IResult> SocketAsync(string owner, string id, HttpContext context)
    {
        if (context.Authorize(Permission.TerminalsView, Find(owner, id, null)) is { } refusal)
            return refusal;
        if (!context.WebSockets.IsWebSocketRequest)
            return Results.BadRequest();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var access = SocketAccess.Watch(context, Permission.TerminalsView, () => Find(owner, id, null));
        await socket.SendAsync("open"u8.ToArray(), WebSocketMessageType.Binary, true, context.RequestAborted);
        await access.Ended.WaitAsync(TimeSpan.FromSeconds(30), context.RequestAborted);
        await access.CloseAsync(socket);
        return Results.Empty;
    }

    private static Resource? Find(string owner, string id, string? guest) =>
        id != Id ? null
        : guest is null ? Of(owner)
        : Of(owner, (guest, "viewer"));
}
