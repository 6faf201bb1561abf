using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Model;

namespace Caisson.VendorStandIns.Anthropic;

/// <summary>What the stand-in needs of a request of the Messages API.</summary>
/// <param name="Model">As asked for.</param>
/// <param name="Stream">Whether server-sent events are wanted.</param>
/// <param name="Prompt">Last text of the user.</param>
/// <param name="ToolResult">Text of the tool result that came after it, or null.</param>
/// <param name="Tools">Tools on offer.</param>
public sealed record MessagesRequest(string Model, bool Stream, string Prompt, string? ToolResult, IReadOnlyList<ToolSpec> Tools)
{
    /// <summary>Null where the body is not a request of this API.</summary>
    public static MessagesRequest? Parse(JsonNode? body)
    {
        if (body?["messages"] is not JsonArray messages || (string?)body["model"] is not { } model)
            return null;
        var (prompt, result) = ("", (string?)null);
        foreach (var message in messages.Where(message => (string?)message?["role"] == "user"))
        {
            foreach (var block in Blocks(message!["content"]))
            {
                if ((string?)block?["type"] == "tool_result")
                    result = string.Join('\n', Blocks(block!["content"]).Select(part => (string?)part?["text"]));
                // Clients put their own reminders beside what the user typed; those open with a tag.
                else if ((string?)block?["text"] is { } text && !text.TrimStart().StartsWith('<'))
                    (prompt, result) = (text, null);
            }
        }
        var tools =
            (body["tools"] as JsonArray)?.Select(tool => new ToolSpec((string?)tool?["name"] ?? "", tool?["input_schema"])).ToArray() ?? [];
        return new MessagesRequest(model, (bool?)body["stream"] ?? false, ScriptedModel.Sign(prompt, body), result, tools);
    }

    /// <summary>Content is a list of blocks, or a bare string for one text block.</summary>
    private static IEnumerable<JsonNode?> Blocks(JsonNode? content) =>
        content switch
        {
            JsonArray list => list,
            JsonValue text => [new JsonObject { ["type"] = "text", ["text"] = (string?)text }],
            _ => [],
        };
}
