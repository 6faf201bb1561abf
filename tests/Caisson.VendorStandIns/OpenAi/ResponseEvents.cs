using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Model;

namespace Caisson.VendorStandIns.OpenAi;

/// <summary>The events of one streamed response, in the order that the Responses API publishes.</summary>
internal static class ResponseEvents
{
    public static IEnumerable<(string Name, JsonObject Data)> For(string model, Turn turn)
    {
        var id = "resp_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        var item = Item(turn, whole: true);
        var itemId = (string)item["id"]!;
        var sequence = 0;

        yield return Event("response.created", new() { ["response"] = Response(id, model, "in_progress", []) });
        yield return Event("response.in_progress", new() { ["response"] = Response(id, model, "in_progress", []) });
        var opening = Item(turn, whole: false);
        opening["id"] = itemId;
        if (item["call_id"] is { } callId)
            opening["call_id"] = callId.DeepClone();
        yield return Event("response.output_item.added", new() { ["output_index"] = 0, ["item"] = opening });
        foreach (var (name, data) in Growth(turn))
        {
            data["item_id"] = itemId;
            data["output_index"] = 0;
            yield return Event(name, data);
        }
        yield return Event("response.output_item.done", new() { ["output_index"] = 0, ["item"] = item.DeepClone() });
        yield return Event("response.completed", new() { ["response"] = Response(id, model, "completed", [item]) });

        (string, JsonObject) Event(string name, JsonObject data)
        {
            data["sequence_number"] = sequence++;
            return (name, data);
        }
    }

    private static IEnumerable<(string, JsonObject)> Growth(Turn turn)
    {
        switch (turn)
        {
            case Turn.Say say:
                yield return ("response.content_part.added", new() { ["content_index"] = 0, ["part"] = TextPart("") });
                foreach (var part in say.Text.Chunk(24))
                    yield return ("response.output_text.delta", new() { ["content_index"] = 0, ["delta"] = new string(part) });
                yield return ("response.output_text.done", new() { ["content_index"] = 0, ["text"] = say.Text });
                yield return ("response.content_part.done", new() { ["content_index"] = 0, ["part"] = TextPart(say.Text) });
                break;
            case Turn.CallFunction call:
                var arguments = call.Input.ToJsonString();
                foreach (var part in arguments.Chunk(40))
                    yield return ("response.function_call_arguments.delta", new() { ["delta"] = new string(part) });
                yield return ("response.function_call_arguments.done", new() { ["arguments"] = arguments });
                break;
            case Turn.CallFreeForm call:
                yield return ("response.custom_tool_call_input.delta", new() { ["delta"] = call.Input });
                yield return ("response.custom_tool_call_input.done", new() { ["input"] = call.Input });
                break;
        }
    }

    public static JsonObject Whole(string model, Turn turn) =>
        Response("resp_" + RandomNumberGenerator.GetHexString(32, lowercase: true), model, "completed", [Item(turn, whole: true)]);

    private static JsonObject Item(Turn turn, bool whole)
    {
        var status = whole ? "completed" : "in_progress";
        return turn switch
        {
            Turn.Say say => new JsonObject
            {
                ["id"] = "msg_" + RandomNumberGenerator.GetHexString(32, lowercase: true),
                ["type"] = "message",
                ["status"] = status,
                ["role"] = "assistant",
                ["content"] = whole ? new JsonArray(TextPart(say.Text)) : [],
            },
            Turn.CallFunction call => Call("function_call", "fc_", call.Name, "arguments", whole ? call.Input.ToJsonString() : ""),
            Turn.CallFreeForm call => Call("custom_tool_call", "ctc_", call.Name, "input", whole ? call.Input : "", call.Namespace),
            _ => throw new InvalidOperationException($"The Responses API has no {turn.GetType().Name}."),
        };

        JsonObject Call(string type, string prefix, string name, string inputName, string input, string? within = null)
        {
            var call = new JsonObject
            {
                ["id"] = prefix + RandomNumberGenerator.GetHexString(32, lowercase: true),
                ["type"] = type,
                ["status"] = status,
                ["call_id"] = "call_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
                ["name"] = name,
                [inputName] = input,
            };
            if (within is not null)
                call["namespace"] = within;
            return call;
        }
    }

    private static JsonObject TextPart(string text) =>
        new()
        {
            ["type"] = "output_text",
            ["text"] = text,
            ["annotations"] = new JsonArray(),
        };

    private static JsonObject Response(string id, string model, string status, JsonArray output) =>
        new()
        {
            ["id"] = id,
            ["object"] = "response",
            ["created_at"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["status"] = status,
            ["model"] = model,
            ["output"] = output,
            ["usage"] = status == "completed" ? Usage() : null,
        };

    private static JsonObject Usage() =>
        new()
        {
            ["input_tokens"] = 10,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["output_tokens"] = 12,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = 22,
        };
}
