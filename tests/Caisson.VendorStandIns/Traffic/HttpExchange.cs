using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Caisson.VendorStandIns.Traffic;

/// <summary>What both vendors' stand-ins do with requests and answers.</summary>
internal static class HttpExchange
{
    /// <summary>The key as <c>x-api-key</c> or bearer token; both at once count only when they agree.</summary>
    public static string? PresentedKey(this HttpContext context)
    {
        var header = context.Request.Headers["x-api-key"].ToString();
        var authorization = context.Request.Headers.Authorization.ToString();
        var bearer = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..] : "";
        if (header.Length > 0 && bearer.Length > 0 && header != bearer)
            return "(two different keys)";
        return header.Length > 0 ? header
            : bearer.Length > 0 ? bearer
            : null;
    }

    /// <summary>The body as JSON, or null where it is none. Compressed bodies come decompressed.</summary>
    public static async Task<JsonNode?> ReadJsonAsync(this HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static Task WriteJsonAsync(this HttpResponse response, JsonNode body)
    {
        response.ContentType = "application/json";
        return response.WriteAsync(body.ToJsonString());
    }

    public static EventStream StartEvents(this HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        return new EventStream(response);
    }
}

/// <summary>Server-sent events whose data repeats the event's name as <c>type</c>, as both vendors do it.</summary>
internal sealed class EventStream(HttpResponse response)
{
    public async Task SendAsync(string name, JsonObject data)
    {
        data.Insert(0, "type", name);
        await response.WriteAsync($"event: {name}\ndata: {data.ToJsonString()}\n\n", Encoding.UTF8);
        await response.Body.FlushAsync();
    }
}
