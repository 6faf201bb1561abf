using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Caisson.Server.Tests.Api;

/// <summary>Checks JSON against schemas of the API's document, with a validator that we did not write.</summary>
internal sealed class ApiSchemas(JsonNode document)
{
    private readonly string _definitions = Closed((document["components"]?["schemas"] ?? new JsonObject()).DeepClone())
        .ToJsonString()
        .Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);

    private readonly Dictionary<string, JsonSchema> _built = new(StringComparer.Ordinal);

    /// <returns>What does not fit, with its place; empty when it fits.</returns>
    internal IReadOnlyList<string> Problems(JsonNode schema, JsonNode? value)
    {
        var text = schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        if (!_built.TryGetValue(text, out var built))
            _built[text] = built = JsonSchema.FromText($$"""{"allOf":[{{text}}],"$defs":{{_definitions}}}""");
        using var instance = JsonDocument.Parse(value?.ToJsonString() ?? "null");
        var result = built.Evaluate(instance.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid
            ? []
            :
            [
                .. (result.Details ?? [])
                    .Where(detail => detail.Errors is not null)
                    .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")),
                "it does not fit its schema",
            ];
    }

    /// <summary>Clients have to expect new fields; this server has none that the document does not have.</summary>
    private static JsonNode Closed(JsonNode schemas)
    {
        foreach (var (_, schema) in schemas.AsObject())
        {
            if (schema is JsonObject map && map.ContainsKey("properties"))
                map["additionalProperties"] = false;
        }
        return schemas;
    }
}
