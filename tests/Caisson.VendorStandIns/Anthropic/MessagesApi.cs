using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Model;
using Caisson.VendorStandIns.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caisson.VendorStandIns.Anthropic;

/// <summary>
/// Stand-in for <c>api.anthropic.com</c>, written from Anthropic's published Messages API (docs.anthropic.com/en/api/messages and
/// messages-streaming). It is no model: <see cref="ScriptedModel"/> answers.
/// </summary>
public static class MessagesApi
{
    public const string Host = "api.anthropic.com";

    public static void Map(IEndpointRouteBuilder endpoints, VendorKeys keys)
    {
        endpoints.MapPost("/v1/messages", context => AnswerAsync(context, keys)).RequireHost(Host);
        endpoints.MapPost("/v1/messages/count_tokens", context => CountAsync(context, keys)).RequireHost(Host);
        // The client's own settings, telemetry and feature paths are not published: an account that has none of them gets 404 there.
        endpoints.MapFallback(context => ErrorAsync(context, 404, "not_found_error", "Not found")).RequireHost(Host);
    }

    private static async Task AnswerAsync(HttpContext context, VendorKeys keys)
    {
        if (!await AuthorizeAsync(context, keys))
            return;
        var request = MessagesRequest.Parse(await context.ReadJsonAsync());
        if (request is null)
        {
            await ErrorAsync(context, 400, "invalid_request_error", "model and messages are required");
            return;
        }
        var turn = ScriptedModel.Next(request.Model, request.Prompt, request.ToolResult, request.Tools);
        var stopReason = turn is Turn.Say ? "end_turn" : "tool_use";
        if (!request.Stream)
        {
            var message = Message(request.Model, [Block(turn, whole: true)], stopReason);
            await context.Response.WriteJsonAsync(message);
            return;
        }
        var events = context.Response.StartEvents();
        await events.SendAsync("message_start", new JsonObject { ["message"] = Message(request.Model, [], stopReason: null) });
        await events.SendAsync("content_block_start", new JsonObject { ["index"] = 0, ["content_block"] = Block(turn, whole: false) });
        await events.SendAsync("ping", []);
        foreach (var delta in Deltas(turn))
            await events.SendAsync("content_block_delta", new JsonObject { ["index"] = 0, ["delta"] = delta });
        await events.SendAsync("content_block_stop", new JsonObject { ["index"] = 0 });
        var end = new JsonObject { ["stop_reason"] = stopReason, ["stop_sequence"] = null };
        await events.SendAsync(
            "message_delta",
            new JsonObject
            {
                ["delta"] = end,
                ["usage"] = new JsonObject { ["output_tokens"] = 12 },
            }
        );
        await events.SendAsync("message_stop", []);
    }

    private static async Task CountAsync(HttpContext context, VendorKeys keys)
    {
        if (!await AuthorizeAsync(context, keys))
            return;
        var body = await context.ReadJsonAsync();
        await context.Response.WriteJsonAsync(new JsonObject { ["input_tokens"] = (body?.ToJsonString().Length ?? 0) / 4 });
    }

    private static JsonObject Message(string model, JsonArray content, string? stopReason) =>
        new()
        {
            ["id"] = "msg_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = model,
            ["content"] = content,
            ["stop_reason"] = stopReason,
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject { ["input_tokens"] = 10, ["output_tokens"] = 1 },
        };

    /// <summary>A streamed block starts empty and grows by deltas; an unstreamed one is whole.</summary>
    private static JsonObject Block(Turn turn, bool whole) =>
        turn switch
        {
            Turn.Say say => new JsonObject { ["type"] = "text", ["text"] = whole ? say.Text : "" },
            Turn.CallFunction call => new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = "toolu_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
                ["name"] = call.Name,
                ["input"] = whole ? call.Input.DeepClone() : new JsonObject(),
            },
            _ => throw new InvalidOperationException($"The Messages API has no {turn.GetType().Name}."),
        };

    private static IEnumerable<JsonNode> Deltas(Turn turn) =>
        turn switch
        {
            Turn.Say say => say.Text.Chunk(24).Select(part => new JsonObject { ["type"] = "text_delta", ["text"] = new string(part) }),
            Turn.CallFunction call =>
            [
                .. call
                    .Input.ToJsonString()
                    .Chunk(40)
                    .Select(part => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = new string(part) }),
            ],
            _ => [],
        };

    private static async Task<bool> AuthorizeAsync(HttpContext context, VendorKeys keys)
    {
        if (context.PresentedKey() == keys.Anthropic)
            return true;
        await ErrorAsync(context, 401, "authentication_error", "invalid x-api-key");
        return false;
    }

    private static Task ErrorAsync(HttpContext context, int status, string type, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteJsonAsync(
            new JsonObject
            {
                ["type"] = "error",
                ["error"] = new JsonObject { ["type"] = type, ["message"] = message },
            }
        );
    }
}
