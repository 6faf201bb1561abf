using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Api;

/// <summary>One operation of the API's document.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonNode Node)
{
    public string Id => Node["operationId"]?.ToString() ?? "";

    public bool HasBody => Node["requestBody"] is not null;

    public JsonObject Responses => Node["responses"]!.AsObject();

    /// <summary>The example of what is sent; null without one.</summary>
    public JsonNode? Example => Node["requestBody"]?["content"]?["application/json"]?["example"];

    /// <summary>Types and contents of what is sent and answered.</summary>
    public IEnumerable<(string Type, JsonNode Content)> Contents =>
        Responses
            .Select(pair => pair.Value?["content"] as JsonObject)
            .Prepend(Node["requestBody"]?["content"] as JsonObject)
            .OfType<JsonObject>()
            .SelectMany(contents => contents.Select(pair => (pair.Key, pair.Value!)));

    internal static IReadOnlyList<ApiOperation> All(JsonNode document) =>
        [
            .. document["paths"]!
                .AsObject()
                .SelectMany(path =>
                    path.Value!.AsObject().Select(pair => new ApiOperation(pair.Key.ToUpperInvariant(), path.Key, pair.Value!))
                ),
        ];
}
