using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;

namespace Caisson.Server.Tests.Api;

/// <summary>The API's document against the endpoints, and against what clients were written for.</summary>
public sealed class OpenApiDocumentTests(OpenApiDocumentTests.Running running) : IClassFixture<OpenApiDocumentTests.Running>
{
    private const string Committed = "docs/openapi.json";

    /// <summary>One server for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal ServerLab Lab { get; private set; } = null!;
        internal string Text { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Lab = await ServerLab.StartAsync();
            using var client = Lab.Local();
            Text = (await client.GetStringAsync("/openapi/v1.json")).ReplaceLineEndings("\n").TrimEnd() + "\n";
        }

        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }

    private JsonNode Document => JsonNode.Parse(running.Text)!;

    [Fact]
    public void TheCommittedOne_IsTheOneThatIsServed_AndNothingBreaksAClient()
    {
        var path = Path.Combine(RepositoryFile.Root, Committed);
        var update = Environment.GetEnvironmentVariable("CAISSON_UPDATE") == "1";
        if (File.Exists(path))
            OpenApiDifference
                .Breaking(JsonNode.Parse(File.ReadAllText(path))!, Document)
                .ShouldBeEmpty(
                    $"This breaks clients of the API. Keep the old beside the new for one minor version, marked as deprecated; what nobody can have used yet is taken out of {Committed} by hand."
                );
        if (update)
            File.WriteAllText(path, running.Text);
        File.ReadAllText(path)
            .ShouldBe(
                running.Text,
                $"{Committed} is not what the code says. When that is meant: CAISSON_UPDATE=1 ./dev test Caisson.Server.Tests"
            );
    }

    [Fact]
    public void EveryEndpoint_IsInIt()
    {
        var operations = ApiOperation.All(Document).Select(operation => $"{operation.Method} {operation.Path}").ToHashSet();
        foreach (var endpoint in running.Lab.Endpoints.OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":int}", "}", StringComparison.Ordinal);
            if (pattern == "/openapi/{documentName}.json")
                continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
                operations.ShouldContain($"{method} {pattern}");
        }
    }

    [Fact]
    public void EveryOperation_IsDescribed_WithExamplesOfWhatIsSentAndAnswered()
    {
        foreach (var operation in ApiOperation.All(Document))
        {
            operation.Id.ShouldNotBeNullOrEmpty(operation.Path);
            operation.Node["summary"]?.ToString().ShouldNotBeNullOrEmpty(operation.Id);
            operation.Node["tags"]!.AsArray().Count.ShouldBe(1, operation.Id);
            foreach (var parameter in operation.Node["parameters"]?.AsArray() ?? [])
                parameter!["description"].ShouldNotBeNull($"{operation.Id} {parameter["name"]}");
            foreach (var (type, content) in operation.Contents)
            {
                if (type is "application/json")
                    content["example"].ShouldNotBeNull($"{operation.Id}: {content.ToJsonString()}");
                if (type is "application/problem+json")
                    content["examples"]!.AsObject().Count.ShouldBeGreaterThan(0, operation.Id);
            }
        }
    }

    [Fact]
    public void EveryExample_FitsItsSchema()
    {
        var schemas = new ApiSchemas(Document);
        foreach (var operation in ApiOperation.All(Document))
        foreach (var (_, content) in operation.Contents)
        {
            if (content["example"] is { } example)
                schemas.Problems(content["schema"]!, example).ShouldBeEmpty(operation.Id);
        }
        var problem = JsonNode.Parse("""{ "$ref": "#/components/schemas/Problem" }""")!;
        foreach (var (code, example) in Document["components"]!["examples"]!.AsObject())
            schemas.Problems(problem, example!["value"]).ShouldBeEmpty(code);
    }

    [Fact]
    public void Ids_AreUnique() =>
        ApiOperation
            .All(Document)
            .GroupBy(operation => operation.Id)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key)
            .ShouldBeEmpty();
}
