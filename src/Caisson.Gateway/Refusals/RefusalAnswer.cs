using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Refusals;

/// <summary>
/// The answer to what does not pass: JSON that a model can act on, at most 4 KiB. It says which rule decided and what to do next, and holds no
/// header, query or credential value and nothing about other sandboxes.
/// </summary>
internal static class RefusalAnswer
{
    public const string DecisionHeader = "x-caisson-decision";
    public const string IdHeader = "x-caisson-id";

    /// <summary>Largest body in bytes.</summary>
    public const int MaximumBytes = 4096;

    // Escaping is for HTML, which this is not; without it the length of a text is foreseeable.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    public static async Task WriteAsync(HttpContext context, RequestFacts facts, Decision decision, string id)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }
        response.Clear();
        response.StatusCode = decision.Status is >= 400 and < 600 ? decision.Status : 403;
        response.ContentType = "application/json";
        response.Headers[DecisionHeader] = "deny";
        response.Headers[IdHeader] = id;
        response.Headers.CacheControl = "no-store";
        if (response.StatusCode == 405)
            response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        if (response.StatusCode == 503)
            response.Headers.RetryAfter = "5";
        // After a request that could be read in two ways nothing on this connection can be trusted to start where it seems to.
        if (response.StatusCode == 400 && !HttpProtocol.IsHttp2(context.Request.Protocol))
            response.Headers.Connection = "close";
        var body = Body(facts, decision, id);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The body, made shorter until it fits.</summary>
    public static ReadOnlyMemory<byte> Body(RequestFacts facts, Decision decision, string id)
    {
        foreach (var longest in (ReadOnlySpan<int>)[1024, 512, 200, 60])
        {
            var body = Body(facts, decision, id, longest);
            if (body.Length <= MaximumBytes)
                return body;
        }
        return Body(facts, decision, id, 24);
    }

    private static ReadOnlyMemory<byte> Body(RequestFacts facts, Decision decision, string id, int longest)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("error", "denied by the sandbox gateway");
            json.WriteString("id", id);
            json.WriteString("reason", decision.Reason?.WireName() ?? "check_failed");
            json.WriteString("message", Cut(decision.Message, longest));
            json.WriteString("host", Cut(facts.Host, longest));
            json.WriteString("method", Cut(facts.Method, 24));
            json.WriteString("path", Cut(facts.Path, longest));
            json.WriteString("rule", Cut(decision.Rule, longest));
            json.WriteString("nearest", decision.Nearest is { } nearest ? Cut(nearest, longest) : null);
            json.WriteStartArray("next_steps");
            foreach (var step in decision.NextSteps.Take(6))
                json.WriteStringValue(Cut(step, longest));
            json.WriteEndArray();
            WriteProposal(json, facts, longest);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void WriteProposal(Utf8JsonWriter json, RequestFacts facts, int longest)
    {
        json.WriteStartObject("propose");
        json.WriteString("tool", "propose");
        json.WriteStartObject("arguments");
        json.WriteString("kind", "route");
        json.WriteString("host", Cut(facts.Host, longest));
        json.WriteNumber("port", facts.Port);
        json.WriteString("method", Cut(facts.Method, 24));
        json.WriteString("path", Cut(facts.Path, longest));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest] + "…";
}
