using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Api;

public sealed class OpenApiDifferenceTests
{
    private const string Before = """
        {
          "paths": {
            "/things": {
              "get": { "parameters": [{ "name": "q", "in": "query" }], "responses": { "200": {} } },
              "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/New" } } } }, "responses": { "201": {} } },
              "delete": { "deprecated": true, "responses": { "204": {} } }
            }
          },
          "components": {
            "schemas": {
              "New": { "properties": { "name": { "type": "string" }, "count": { "type": "integer" } }, "required": ["name"] },
              "Thing": { "properties": { "state": { "type": "string", "enum": ["on", "off"] }, "old": { "type": "string", "deprecated": true } }, "required": ["state"] }
            }
          }
        }
        """;

    [Theory]
    [InlineData("\"get\": {", "\"head\": {", "GET /things is gone")]
    [InlineData("\"name\": \"q\"", "\"name\": \"query\"", "GET /things: the parameter query q is gone")]
    [InlineData("\"in\": \"query\"", "\"in\": \"query\", \"required\": true", "GET /things: the parameter query q is newly required")]
    [InlineData("\"201\"", "\"202\"", "POST /things: 201 is no answer any more")]
    [InlineData("\"count\":", "\"number\":", "New.count is gone")]
    [InlineData("[\"name\"]", "[\"name\", \"count\"]", "New.count is newly required")]
    [InlineData("\"integer\"", "\"string\"", "New.count is string; it was integer")]
    [InlineData("[\"on\", \"off\"]", "[\"on\"]", "Thing.state has no value 'off' any more")]
    [InlineData("\"required\": [\"state\"]", "\"required\": []", "Thing.state may be missing now")]
    [InlineData("\"Thing\":", "\"Object\":", "the schema Thing is gone")]
    [InlineData("\"requestBody\": {", "\"requestBody\": { \"required\": true,", "POST /things: a body is newly required")]
    public void Breaks(string what, string with, string said) =>
        OpenApiDifference.Breaking(Document(), Document(what, with)).ShouldBe([said]);

    [Theory]
    [InlineData("\"responses\": { \"200\": {} }", "\"responses\": { \"200\": {}, \"206\": {} }")]
    [InlineData("[\"on\", \"off\"]", "[\"on\", \"off\", \"unknown\"]")]
    [InlineData("[\"name\"]", "[]")]
    [InlineData(", \"old\": { \"type\": \"string\", \"deprecated\": true }", "")]
    [InlineData("\"delete\": {", "\"put\": {")]
    [InlineData("\"count\": { \"type\": \"integer\" }", "\"count\": { \"type\": \"integer\" }, \"more\": { \"type\": \"string\" }")]
    public void BreaksNobody(string what, string with) => OpenApiDifference.Breaking(Document(), Document(what, with)).ShouldBeEmpty();

    private static JsonNode Document(string? what = null, string? with = null)
    {
        if (what is not null)
            Before.ShouldContain(what);
        return JsonNode.Parse(what is null ? Before : Before.Replace(what, with, StringComparison.Ordinal))!;
    }
}
