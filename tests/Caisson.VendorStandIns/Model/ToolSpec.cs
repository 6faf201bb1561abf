using System.Text.Json.Nodes;

namespace Caisson.VendorStandIns.Model;

/// <summary>A tool that the client offered with its request.</summary>
/// <param name="Name">As the client calls it.</param>
/// <param name="Schema">JSON Schema of its input, or null for a free-form tool.</param>
/// <param name="Namespace">The namespace that it was offered in, or null.</param>
public sealed record ToolSpec(string Name, JsonNode? Schema, string? Namespace = null)
{
    /// <summary>The first of <paramref name="names"/> that the schema has as a property, or null.</summary>
    public string? Property(params ReadOnlySpan<string> names)
    {
        var properties = Schema?["properties"] as JsonObject;
        foreach (var name in names)
        {
            if (properties?.ContainsKey(name) == true)
                return name;
        }
        return null;
    }

    public bool Requires(string property) => Schema?["required"] is JsonArray required && required.Any(entry => (string?)entry == property);
}
