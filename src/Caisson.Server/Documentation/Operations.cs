using System.Globalization;
using System.Text.Json.Nodes;
using Caisson.Server.Access;
using Caisson.Server.Endpoints;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Caisson.Server.Documentation;

/// <summary>What the framework can't see of an operation: examples, codes, headers, and bodies that the handler reads itself.</summary>
internal static class Operations
{
    private const string PublicMark = "x-public";

    internal static Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        Parameters(operation, metadata);
        Body(operation, context.Description, metadata);
        Answers(operation, context.Description, metadata, context.Document!);
        if (metadata.OfType<AccessRequirement>().Last() is { IsPublic: true })
            operation.Extensions = new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal)
            {
                [PublicMark] = new JsonNodeExtension(true),
            };
        else if (metadata.OfType<AccessRequirement>().Last() is { Permission: { } permission })
            operation.Description = $"Needs `{Caisson.Identity.PermissionName.Name(permission)}`.";
        return Task.CompletedTask;
    }

    /// <summary>Who may call it; said once the document, which the references lead into, is whole.</summary>
    internal static void Secure(OpenApiOperation operation, OpenApiDocument document)
    {
        var isPublic = operation.Extensions?.Remove(PublicMark) == true;
        operation.Security = isPublic
            ? []
            :
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("session", document)] = [] },
            ];
    }

    private static void Parameters(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Parameters ??= [];
        foreach (var read in metadata.OfType<Reads>())
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = read.Name,
                    In = read.In == "header" ? ParameterLocation.Header : ParameterLocation.Query,
                    Required = read.Required,
                    Description = read.Description,
                    Schema = new OpenApiSchema { Type = TypeOf(read.Type) },
                    Example = read.Type is "integer" or "boolean" ? JsonNode.Parse(read.Example) : read.Example,
                }
            );
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.Example is null))
        {
            parameter.Example = ApiExamples.OfParameter(parameter.Name!);
            parameter.Description ??= ApiExamples.DescriptionOfParameter(parameter.Name!);
        }
    }

    private static void Body(OpenApiOperation operation, ApiDescription description, IList<object> metadata)
    {
        if (metadata.OfType<TakesBody>().LastOrDefault() is { } takes)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [takes.ContentType] = new()
                    {
                        Schema = new OpenApiSchema { Type = TypeOf(takes.Type) },
                        Example = takes.ContentType == "application/json" ? ApiExamples.Of(typeof(JsonObject)) : null,
                    },
                },
            };
            return;
        }
        var type = description.ParameterDescriptions.FirstOrDefault(parameter => parameter.Source.Id == "Body")?.Type;
        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
            content.Example = ApiExamples.Of(type!);
    }

    private static void Answers(OpenApiOperation operation, ApiDescription description, IList<object> metadata, OpenApiDocument document)
    {
        var codes = ImpliedProblems.Of(
            metadata,
            "/" + description.RelativePath,
            description.ParameterDescriptions.Any(parameter => parameter.Source.Id == "Path"),
            description.HttpMethod ?? "GET"
        );
        foreach (var (key, response) in operation.Responses ?? [])
        {
            var status = int.Parse(key, CultureInfo.InvariantCulture);
            var those = codes.Where(code => code.Status == status).Select(code => code.Code).ToList();
            response.Description = status < 400 ? ReasonPhrases.GetReasonPhrase(status) : Explain(those);
            foreach (var (contentType, content) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                if (contentType == "application/problem+json")
                    content.Examples = those.ToDictionary(
                        code => code,
                        code => (IOpenApiExample)new OpenApiExampleReference(code, document),
                        StringComparer.Ordinal
                    );
                else if (description.SupportedResponseTypes.FirstOrDefault(type => type.StatusCode == status)?.Type is { } type)
                    content.Example = ApiExamples.Of(type);
            }
            if (status < 400 && response is OpenApiResponse answer)
                foreach (var header in metadata.OfType<AnswersHeader>())
                    (answer.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal))[header.Name] = new OpenApiHeader
                    {
                        Description = header.Description,
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    };
        }
    }

    private static string Explain(IEnumerable<string> codes) =>
        string.Join('\n', codes.Select(code => $"- `{code}`: {ProblemCodes.All[code].Meaning}"));

    private static JsonSchemaType TypeOf(string type) =>
        type switch
        {
            "integer" => JsonSchemaType.Integer,
            "boolean" => JsonSchemaType.Boolean,
            "object" => JsonSchemaType.Object,
            _ => JsonSchemaType.String,
        };
}
