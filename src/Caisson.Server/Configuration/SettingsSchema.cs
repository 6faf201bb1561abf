using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caisson.Server.Configuration;

/// <summary>The table of settings as a JSON Schema of <c>caisson.yaml</c>, for editors: <c>caisson config schema</c>.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string Text()
    {
        var root = Block();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "caisson.yaml");
        foreach (var setting in ServerSettings.All)
            Add(root, setting.Key.Split('.'), setting);
        return root.ToJsonString(Indented) + "\n";
    }

    private static void Add(JsonObject block, ReadOnlySpan<string> path, ServerSetting setting)
    {
        var properties = block["properties"]!.AsObject();
        if (path.Length > 1)
        {
            if (properties[path[0]] is not JsonObject inner)
                properties[path[0]] = inner = Block();
            Add(inner, path[1..], setting);
            return;
        }
        var schema = JsonNode.Parse(setting.Schema)!.AsObject();
        schema.Insert(0, "description", setting.Text);
        if (setting.Default != "none")
            schema["default"] = bool.TryParse(setting.Default, out var flag) ? flag : setting.Default;
        properties[path[0]] = schema;
    }

    /// <summary>An empty block is a mistake of the file but no error: it says nothing.</summary>
    private static JsonObject Block() =>
        new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(),
        };
}
