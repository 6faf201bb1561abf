using Caisson.Server.Endpoints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Caisson.Server.Documentation;

/// <summary>
/// <c>GET /openapi/v1.json</c>: the API as OpenAPI 3.1, made from the endpoints themselves. An endpoint says what it is with <see cref="DescriptionExtensions"/>; a test
/// compares the document with docs/openapi.json and refuses what would break a client.
/// </summary>
internal static class ApiDocument
{
    internal static void AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddSchemaTransformer(Schemas.TransformAsync);
                options.AddOperationTransformer(Operations.TransformAsync);
                options.AddDocumentTransformer(TransformAsync);
            }
        );

    private static Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Caisson",
            Version = "v1",
            Description =
                "Everything that the web app and the command line do. Times are RFC 3339 in UTC. Lists come in pages: limit (1 to 200) and the cursor of the page before. "
                + "What changes has a version: ETag in answers, If-Match in changes. Failures are problem details (RFC 9457) with a stable code. "
                + "Headers have at most 32 KiB (431), the request line 8 KiB (414), bodies 1 MiB (413).",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "The server that gave this document" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["token"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API token (csn_…), or the installation's own on its loopback port. The Unix socket needs none.",
            },
            ["session"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = "caisson",
                Description =
                    "A browser's session; behind a single sign-on proxy its headers stand in its place. Changes need an Origin of ours.",
            },
        };
        document.Components.Examples = ProblemCodes
            .All.OrderBy(pair => pair.Value.Status)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(
                pair => pair.Key,
                pair => (IOpenApiExample)new OpenApiExample { Value = ApiExamples.Problem(pair.Key, pair.Value.Status) },
                StringComparer.Ordinal
            );
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(pair => pair.Value))
            Operations.Secure(operation, document);
        return Task.CompletedTask;
    }
}
