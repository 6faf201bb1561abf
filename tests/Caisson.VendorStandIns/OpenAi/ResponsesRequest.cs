using System.Text.Json.Nodes;
using Caisson.VendorStandIns.Model;

namespace Caisson.VendorStandIns.OpenAi;

/// <summary>What the stand-in needs of a request of the Responses API.</summary>
/// <param name="Model">As asked for.</param>
/// <param name="Stream">Whether events are wanted; on a WebSocket they always are.</param>
/// <param name="Prompt">Last text of the user.</param>
/// <param name="ToolResult">Text of the tool output that came after it, or null.</param>
/// <param name="Tools">Tools on offer.</param>
public sealed record ResponsesRequest(string Model, bool Stream, string Prompt, string? ToolResult, IReadOnlyList<ToolSpec> Tools)
{
    /// <summary>Null where the body is not a request of this API.</summary>
    /// <param name="body">One request.</param>
    /// <param name="earlier">Input items of the responses before this one on the same WebSocket (<c>previous_response_id</c>).</param>
    public static ResponsesRequest? Parse(JsonNode? body, IReadOnlyList<JsonNode> earlier)
    {
        if ((string?)body?["model"] is not { } model)
            return null;
        var (prompt, result) = ("", (string?)null);
        var tools = new List<ToolSpec>(ReadTools(body["tools"]));
        foreach (var item in earlier.Concat(Items(body["input"])))
        {
            if ((string?)item["type"] == "additional_tools")
                tools.AddRange(ReadTools(item["tools"]));
            else if ((string?)item["type"] is "function_call_output" or "custom_tool_call_output" or "local_shell_call_output")
                result = Text(item["output"]);
            // Clients put their own context beside what the user typed; that opens with a tag.
            else if ((string?)item["role"] == "user" && Text(item["content"]) is { Length: > 0 } text && !text.TrimStart().StartsWith('<'))
                (prompt, result) = (text, null);
        }
        return new ResponsesRequest(model, (bool?)body["stream"] ?? false, ScriptedModel.Sign(prompt, body), result, tools);
    }

    /// <summary>The input as items; a bare string is one message of the user.</summary>
    public static IEnumerable<JsonNode> Items(JsonNode? input) =>
        input switch
        {
            JsonArray list => list.OfType<JsonNode>(),
            JsonValue text => [new JsonObject { ["role"] = "user", ["content"] = (string?)text }],
            _ => [],
        };

    private static string Text(JsonNode? content) =>
        content switch
        {
            JsonArray parts => string.Join(
                '\n',
                parts.Select(part => (string?)part?["text"]).Where(text => text is not null && !text.TrimStart().StartsWith('<'))
            ),
            JsonValue text => (string?)text ?? "",
            JsonObject whole => Text(whole["content"] ?? whole["text"]),
            _ => "",
        };

    /// <summary>Tools stand in <c>tools</c>, or in an input item of type <c>additional_tools</c>; a namespace holds further ones.</summary>
    private static ToolSpec[] ReadTools(JsonNode? tools, string? within = null) =>
        (tools as JsonArray)
            ?.OfType<JsonObject>()
            .SelectMany(tool =>
                (string?)tool["type"] switch
                {
                    "function" or "custom" or "local_shell" =>
                    [
                        new ToolSpec((string?)tool["name"] ?? (string)tool["type"]!, tool["parameters"], within),
                    ],
                    "namespace" => ReadTools(tool["tools"], (string?)tool["name"]),
                    _ => Array.Empty<ToolSpec>(),
                }
            )
            .ToArray()
        ?? [];
}
