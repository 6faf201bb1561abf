using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Caisson.Audit;
using Caisson.Gateway.Connections;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Internal;

/// <summary>
/// <c>http://caisson.internal</c>: what a program in a sandbox can ask about itself. Which sandbox that is follows from the connection, so no
/// request can ask about another. No answer holds a value of a credential.
/// </summary>
internal sealed class InternalEndpoints(IDecisionLog log)
{
    /// <summary>Reserved: no route can claim it.</summary>
    public const string Name = "caisson.internal";

    /// <summary>The explicit proxy.</summary>
    public const int ProxyPort = 3128;

    private const int DenialsShown = 50;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    public async Task AnswerAsync(HttpContext context, ExitConnection flow)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && context.Request.Path != "/mcp")
        {
            response.Headers.Allow = "GET, HEAD";
            await ProblemAsync(context, 405, "Only GET is possible here.");
            return;
        }
        switch (context.Request.Path.Value)
        {
            case "/v1/whoami":
                await WriteAsync(context, 200, "application/json", json => json.WriteString("sandbox", flow.Exit.SandboxId));
                break;
            case "/v1/policy":
                await PolicyAsync(context, flow);
                break;
            case "/v1/denials":
                await WriteAsync(context, 200, "application/json", json => WriteDenials(json, flow));
                break;
            case "/v1/proposals":
                await WriteAsync(
                    context,
                    200,
                    "application/json",
                    json =>
                    {
                        json.WriteStartArray("proposals");
                        json.WriteEndArray();
                        json.WriteString(
                            "note",
                            "Supervision is not available yet: proposals cannot be made, and nobody is asked. Tell the operator."
                        );
                    }
                );
                break;
            case "/mcp":
                await ProblemAsync(context, 404, "The MCP server of the sandbox is not available yet. Use GET /v1/policy and /v1/denials.");
                break;
            default:
                await ProblemAsync(context, 404, "There are /v1/whoami, /v1/policy, /v1/denials and /v1/proposals.");
                break;
        }
    }

    private static async Task PolicyAsync(HttpContext context, ExitConnection flow)
    {
        var text = flow.Exit.PolicySummary;
        context.Response.ContentType = text.TrimStart() is ['{' or '[', ..] ? "application/json" : "text/plain; charset=utf-8";
        await SendAsync(context, System.Text.Encoding.UTF8.GetBytes(text));
    }

    private void WriteDenials(Utf8JsonWriter json, ExitConnection flow)
    {
        json.WriteStartArray("denials");
        foreach (var denial in log.RecentDenials(flow.Exit.SandboxId, DenialsShown))
        {
            json.WriteStartObject();
            json.WriteString("id", denial.Id);
            json.WriteString("time", denial.Time);
            json.WriteString("reason", denial.Reason);
            json.WriteString("rule", denial.Rule);
            json.WriteString("protocol", denial.Protocol);
            json.WriteString("host", denial.Host);
            json.WriteNumber("port", denial.Port);
            json.WriteString("method", denial.Method);
            json.WriteString("path", denial.Path);
            json.WriteNumber("status", denial.Status);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static Task ProblemAsync(HttpContext context, int status, string detail) =>
        WriteAsync(
            context,
            status,
            "application/problem+json",
            json =>
            {
                json.WriteString("title", status == 404 ? "Not available" : "Not possible");
                json.WriteNumber("status", status);
                json.WriteString("detail", detail);
            }
        );

    private static async Task WriteAsync(HttpContext context, int status, string type, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        await using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await SendAsync(context, buffer.WrittenMemory);
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
