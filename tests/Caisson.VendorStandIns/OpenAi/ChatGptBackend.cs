using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caisson.VendorStandIns.OpenAi;

/// <summary>
/// Stand-in for the part of <c>chatgpt.com</c> that Codex uses with a ChatGPT login: the Responses API at another path, the list of models, and the
/// subscription's use. Written from Codex's published source (github.com/openai/codex). Only the real access token is accepted, and only with the
/// account that it belongs to. A renewal (<c>auth.openai.com</c>) is not served: it must never get here.
/// </summary>
public static class ChatGptBackend
{
    public const string Host = "chatgpt.com";
    public const string Account = "5a11d9c4-0000-4000-8000-000000000001";
    private const string Base = "/backend-api/codex";

    public static void Map(IEndpointRouteBuilder endpoints, VendorKeys keys, bool webSockets)
    {
        ResponsesApi.MapResponses(endpoints, Host, $"{Base}/responses", keys.ChatGpt, webSockets);
        endpoints
            .MapGet($"{Base}/models", context => AnswerAsync(context, keys, new JsonObject { ["models"] = new JsonArray() }))
            .RequireHost(Host);
        endpoints.MapGet("/backend-api/wham/accounts/check", context => AnswerAsync(context, keys, Accounts())).RequireHost(Host);
        endpoints
            .MapGet("/backend-api/wham/usage", context => AnswerAsync(context, keys, new JsonObject { ["plan_type"] = "plus" }))
            .RequireHost(Host);
        endpoints.MapFallback(context => ResponsesApi.ErrorAsync(context, 404, "invalid_request_error", "Not found")).RequireHost(Host);
    }

    /// <summary>Codex asks which host serves its account before it sends anything.</summary>
    private static JsonObject Accounts() =>
        new()
        {
            ["accounts"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = Account,
                    ["plan_type"] = "plus",
                    ["workspace_backend_origin"] = $"https://{Host}",
                    ["account_routing_override"] = "NO_CONSTRAINT",
                }
            ),
            ["account_ordering"] = new JsonArray(Account),
            ["default_account_id"] = Account,
        };

    private static async Task AnswerAsync(HttpContext context, VendorKeys keys, JsonObject body)
    {
        if (!await ResponsesApi.AuthorizeAsync(context, keys.ChatGpt))
            return;
        if (context.Request.Headers["chatgpt-account-id"] != Account)
        {
            await ResponsesApi.ErrorAsync(context, 403, "invalid_request_error", "The token is of another account.");
            return;
        }
        await context.Response.WriteJsonAsync(body);
    }
}
