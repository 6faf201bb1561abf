using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Model;
using Caisson.VendorStandIns.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caisson.VendorStandIns.OpenAi;

/// <summary>
/// Stand-in for <c>api.openai.com</c>, written from OpenAI's published Responses API (platform.openai.com/docs/api-reference/responses and
/// responses-streaming, and its WebSocket mode). It is no model: <see cref="ScriptedModel"/> answers.
/// </summary>
public static class ResponsesApi
{
    public const string Host = "api.openai.com";

    public static void Map(IEndpointRouteBuilder endpoints, VendorKeys keys, bool webSockets)
    {
        endpoints.MapPost("/v1/responses", context => AnswerAsync(context, keys)).RequireHost(Host);
        // RFC 8441: over HTTP/2 a WebSocket is opened with CONNECT.
        endpoints.MapMethods("/v1/responses", ["GET", "CONNECT"], context => SocketAsync(context, keys, webSockets)).RequireHost(Host);
        endpoints.MapGet("/v1/models", context => ModelsAsync(context, keys)).RequireHost(Host);
        endpoints.MapFallback(context => ErrorAsync(context, 404, "invalid_request_error", "Invalid URL")).RequireHost(Host);
    }

    private static async Task AnswerAsync(HttpContext context, VendorKeys keys)
    {
        if (!await AuthorizeAsync(context, keys))
            return;
        var request = ResponsesRequest.Parse(await context.ReadJsonAsync(), []);
        if (request is null)
        {
            await ErrorAsync(context, 400, "invalid_request_error", "model is required");
            return;
        }
        var turn = ScriptedModel.Next(request.Model, request.Prompt, request.ToolResult, request.Tools);
        if (!request.Stream)
        {
            await context.Response.WriteJsonAsync(ResponseEvents.Whole(request.Model, turn));
            return;
        }
        var events = context.Response.StartEvents();
        foreach (var (name, data) in ResponseEvents.For(request.Model, turn))
            await events.SendAsync(name, data);
    }

    private static async Task SocketAsync(HttpContext context, VendorKeys keys, bool webSockets)
    {
        if (!await AuthorizeAsync(context, keys))
            return;
        if (!webSockets || !context.WebSockets.IsWebSocketRequest)
        {
            await ErrorAsync(context, 426, "invalid_request_error", "a WebSocket was expected here");
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await ResponsesSocket.ServeAsync(socket, context.RequestAborted);
    }

    private static async Task ModelsAsync(HttpContext context, VendorKeys keys)
    {
        if (!await AuthorizeAsync(context, keys))
            return;
        var model = new JsonObject
        {
            ["id"] = "stand-in",
            ["object"] = "model",
            ["created"] = 1,
            ["owned_by"] = "stand-in",
        };
        await context.Response.WriteJsonAsync(new JsonObject { ["object"] = "list", ["data"] = new JsonArray(model) });
    }

    private static async Task<bool> AuthorizeAsync(HttpContext context, VendorKeys keys)
    {
        if (context.PresentedKey() == keys.OpenAi)
            return true;
        await ErrorAsync(context, 401, "invalid_request_error", "Incorrect API key provided.");
        return false;
    }

    private static Task ErrorAsync(HttpContext context, int status, string type, string message)
    {
        context.Response.StatusCode = status;
        var error = new JsonObject
        {
            ["message"] = message,
            ["type"] = type,
            ["param"] = null,
            ["code"] = status == 401 ? "invalid_api_key" : null,
        };
        return context.Response.WriteJsonAsync(new JsonObject { ["error"] = error });
    }
}
