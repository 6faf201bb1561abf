using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Model;

namespace Caisson.VendorStandIns.OpenAi;

/// <summary>
/// One WebSocket of the Responses API: each text message of the client is a <c>response.create</c> with the fields of a request, and each
/// event of its answer is a text message. A request that names <c>previous_response_id</c> sends only what is new.
/// </summary>
internal static class ResponsesSocket
{
    public static async Task ServeAsync(WebSocket socket, CancellationToken cancellation)
    {
        var earlier = new List<JsonNode>();
        while (await ReceiveAsync(socket, cancellation) is { } message)
        {
            var body = Parse(message);
            if ((string?)body?["type"] != "response.create")
            {
                await SendAsync(socket, "error", new JsonObject { ["message"] = "response.create was expected" }, cancellation);
                continue;
            }
            if (body["previous_response_id"] is null)
                earlier.Clear();
            if (ResponsesRequest.Parse(body, earlier) is not { } request)
            {
                await SendAsync(socket, "error", new JsonObject { ["message"] = "model is required" }, cancellation);
                continue;
            }
            earlier.AddRange(ResponsesRequest.Items(body["input"]).Select(item => item.DeepClone()));
            // A warm-up asks for no output: only its start and end are sent.
            var isWarmUp = (bool?)body["generate"] == false;
            var turn = ScriptedModel.Next(request.Model, request.Prompt, request.ToolResult, request.Tools);
            foreach (var (name, data) in ResponseEvents.For(request.Model, turn))
            {
                if (isWarmUp && name is not ("response.created" or "response.completed"))
                    continue;
                if (isWarmUp && data["response"] is JsonObject response)
                    response["output"] = new JsonArray();
                await SendAsync(socket, name, data, cancellation);
            }
        }
    }

    private static JsonNode? Parse(byte[] message)
    {
        try
        {
            return JsonNode.Parse(message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task SendAsync(WebSocket socket, string name, JsonObject data, CancellationToken cancellation)
    {
        data.Insert(0, "type", name);
        await socket.SendAsync(Encoding.UTF8.GetBytes(data.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellation);
    }

    /// <summary>The next whole text message, or null when the client has closed.</summary>
    private static async Task<byte[]?> ReceiveAsync(WebSocket socket, CancellationToken cancellation)
    {
        var message = new ArrayBufferWriter<byte>();
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(16 * 1024), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
                return null;
            }
            message.Advance(received.Count);
            if (received.EndOfMessage)
                return message.WrittenSpan.ToArray();
        }
    }
}
