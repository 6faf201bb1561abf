using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Api;

/// <summary>What of an API's new document breaks a client that was written against the old one. Removing is possible for what was <c>deprecated</c>.</summary>
internal static class OpenApiDifference
{
    internal static IReadOnlyList<string> Breaking(JsonNode before, JsonNode after)
    {
        var found = new List<string>();
        foreach (var (path, item) in Members(before["paths"]))
        foreach (var (method, operation) in Members(item))
            if (after["paths"]?[path]?[method] is { } now)
                Operation($"{method.ToUpperInvariant()} {path}", operation!, now, found);
            else if (!IsDeprecated(operation))
                found.Add($"{method.ToUpperInvariant()} {path} is gone");
        var requests = Requests(after);
        foreach (var (name, schema) in Members(before["components"]?["schemas"]))
            if (after["components"]?["schemas"]?[name] is { } now)
                Schema(name, schema!, now, requests.Contains(name), found);
            else
                found.Add($"the schema {name} is gone");
        return found;
    }

    private static void Operation(string name, JsonNode before, JsonNode after, List<string> found)
    {
        var old = Parameters(before);
        var now = Parameters(after);
        found.AddRange(
            old.Keys.Except(now.Keys).Where(key => !IsDeprecated(old[key])).Select(key => $"{name}: the parameter {key} is gone")
        );
        found.AddRange(
            now.Where(pair => IsTrue(pair.Value["required"]) && !(old.TryGetValue(pair.Key, out var was) && IsTrue(was["required"])))
                .Select(pair => $"{name}: the parameter {pair.Key} is newly required")
        );
        if (IsTrue(after["requestBody"]?["required"]) && !IsTrue(before["requestBody"]?["required"]))
            found.Add($"{name}: a body is newly required");
        found.AddRange(
            Members(before["responses"])
                .Where(pair => pair.Key[0] is '1' or '2' or '3' && after["responses"]?[pair.Key] is null)
                .Select(pair => $"{name}: {pair.Key} is no answer any more")
        );
    }

    private static void Schema(string name, JsonNode before, JsonNode after, bool isRequest, List<string> found)
    {
        foreach (var (field, schema) in Members(before["properties"]))
        {
            if (after["properties"]?[field] is not { } now)
            {
                if (!IsDeprecated(schema))
                    found.Add($"{name}.{field} is gone");
                continue;
            }
            if (Shape(schema!) != Shape(now))
                found.Add($"{name}.{field} is {Shape(now)}; it was {Shape(schema!)}");
            var values = Texts(now["enum"]);
            if (now["enum"] is not null)
                found.AddRange(Texts(schema!["enum"]).Except(values).Select(value => $"{name}.{field} has no value '{value}' any more"));
        }
        var (old, required) = (Texts(before["required"]), Texts(after["required"]));
        found.AddRange(
            isRequest
                ? required.Except(old).Select(field => $"{name}.{field} is newly required")
                : old.Except(required)
                    .Where(field => after["properties"]?[field] is not null)
                    .Select(field => $"{name}.{field} may be missing now")
        );
    }

    /// <summary>Names of the schemas that requests are made of.</summary>
    private static HashSet<string> Requests(JsonNode document)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<JsonNode>(
            Members(document["paths"]).SelectMany(path => Members(path.Value)).Select(pair => pair.Value?["requestBody"]).OfType<JsonNode>()
        );
        while (open.TryPop(out var node))
        {
            foreach (var reference in References(node))
            {
                if (found.Add(reference) && document["components"]?["schemas"]?[reference] is { } schema)
                    open.Push(schema);
            }
        }
        return found;
    }

    private static IEnumerable<string> References(JsonNode node) =>
        node switch
        {
            JsonObject map => map.SelectMany(pair =>
                pair is { Key: "$ref", Value: { } value } ? [value.GetValue<string>().Split('/')[^1]]
                : pair.Value is null ? []
                : References(pair.Value)
            ),
            JsonArray list => list.OfType<JsonNode>().SelectMany(References),
            _ => [],
        };

    /// <summary>Type, reference and those of members, without words and examples.</summary>
    private static string Shape(JsonNode schema)
    {
        var type = schema["type"] is JsonArray types
            ? string.Join('|', Texts(types).Order(StringComparer.Ordinal))
            : schema["type"]?.ToString();
        var parts = new[] { type, schema["format"]?.ToString(), schema["$ref"]?.ToString().Split('/')[^1] }
            .OfType<string>()
            .Concat(new[] { "oneOf", "anyOf" }.SelectMany(key => schema[key]?.AsArray().Select(part => Shape(part!)) ?? []))
            .Concat(schema["items"] is { } items ? [$"of {Shape(items)}"] : [])
            .Concat(schema["additionalProperties"] is JsonObject values ? [$"to {Shape(values)}"] : []);
        return string.Join(' ', parts);
    }

    private static Dictionary<string, JsonNode> Parameters(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? []).ToDictionary(
            parameter => $"{parameter!["in"]} {parameter["name"]}",
            parameter => parameter!
        );

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonNode? node) => node as JsonObject ?? [];

    private static List<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(item => item?.ToString() ?? "null")];

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var given) && given;

    private static bool IsDeprecated(JsonNode? node) => IsTrue(node?["deprecated"]);
}
