using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caisson.Agents.Configuration;

/// <summary>JSON files: keys keep their order, unknown ones stay, new ones come last.</summary>
internal static class JsonMerge
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    internal static MergeResult Apply(AgentFile file, string? existing)
    {
        var (root, broken) = Read(existing);
        try
        {
            var before = root.DeepClone();
            foreach (var setting in file.Settings)
                broken ??= Set(root, setting);
            // Equal content keeps its bytes, also its comments and its layout.
            if (broken is null && existing is not null && JsonNode.DeepEquals(before, root))
                return new MergeResult(existing, Changed: false);
        }
        catch (ArgumentException error) when (existing is not null)
        {
            // A key that stands there twice shows only when its object is looked into.
            broken = error.Message;
        }
        return broken is not null && existing is not null
            ? Apply(file, null) with
            {
                Broken = broken,
            }
            : new MergeResult(Write(root), Changed: true);
    }

    private static (JsonObject Root, string? Broken) Read(string? existing)
    {
        if (string.IsNullOrWhiteSpace(existing))
            return ([], null);
        try
        {
            return JsonNode.Parse(existing, documentOptions: Lenient) is JsonObject root ? (root, null) : ([], "it holds no JSON object");
        }
        catch (JsonException error)
        {
            return ([], error.Message);
        }
    }

    /// <summary>Returns why it can't be set, or null.</summary>
    private static string? Set(JsonObject root, FileSetting setting)
    {
        var parent = root;
        foreach (var key in setting.Key.SkipLast(1))
        {
            if (parent[key] is null)
                parent[key] = new JsonObject();
            if (parent[key] is not JsonObject child)
                return $"'{key}' is no object, so {setting} can't be set";
            parent = child;
        }
        var name = setting.Key[^1];
        var value = JsonNode.Parse(setting.Value);
        if (setting.Mode is SettingMode.AddToList)
            return Add(parent, name, value, setting);
        if (setting.Mode is SettingMode.Owned ? !JsonNode.DeepEquals(parent[name], value) : !parent.ContainsKey(name))
            parent[name] = value;
        return null;
    }

    private static string? Add(JsonObject parent, string name, JsonNode? value, FileSetting setting)
    {
        if (parent[name] is null)
            parent[name] = new JsonArray();
        if (parent[name] is not JsonArray list)
            return $"{setting} is no list";
        if (!list.Any(entry => JsonNode.DeepEquals(entry, value)))
            list.Add(value);
        return null;
    }

    private static string Write(JsonObject root)
    {
        using var buffer = new MemoryStream();
        // These files are no HTML: text of other languages stays readable.
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
            root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }
}
