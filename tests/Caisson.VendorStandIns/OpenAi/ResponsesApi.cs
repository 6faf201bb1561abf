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
        MapResponses(endpoints, Host, "/v1/responses", keys.OpenAi, webSockets);
        endpoints.MapGet("/v1/models", context => ModelsAsync(context, keys.OpenAi)).RequireHost(Host);
        endpoints.MapFallback(context => ErrorAsync(context, 404, "invalid_request_error", "Invalid URL")).RequireHost(Host);
    }

    /// <summary>The API itself, which is also what ChatGPT offers to Codex.</summary>
    internal static void MapResponses(IEndpointRouteBuilder endpoints, string host, string path, string key, bool webSockets)
    {
        endpoints.MapPost(path, context => AnswerAsync(context, key)).RequireHost(host);
        // RFC 8441: over HTTP/2 a WebSocket is opened with CONNECT.
        endpoints.MapMethods(path, ["GET", "CONNECT"], context => SocketAsync(context, key, webSockets)).RequireHost(host);
    }

    private static async Task AnswerAsync(HttpContext context, string key)
    {
        if (!await AuthorizeAsync(context, key))
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

    private static async Task SocketAsync(HttpContext context, string key, bool webSockets)
    {
        if (!await AuthorizeAsync(context, key))
            return;
        if (!webSockets || !context.WebSockets.IsWebSocketRequest)
        {
            await ErrorAsync(context, 426, "invalid_request_error", "a WebSocket was expected here");
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await ResponsesSocket.ServeAsync(socket, context.RequestAborted);
    }

    private static async Task ModelsAsync(HttpContext context, string key)
    {
        if (!await AuthorizeAsync(context, key))
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

    internal static async Task<bool> AuthorizeAsync(HttpContext context, string key)
    {
        if (context.PresentedKey() == key)
            return true;
        await ErrorAsync(context, 401, "invalid_request_error", "Incorrect API key provided.");
        return false;
    }

    internal static Task ErrorAsync(HttpContext context, int status, string type, string message)
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
