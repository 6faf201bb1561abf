using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Caisson.Server.Documentation;

/// <summary>What a schema says beside its types: which fields an answer always has, and which values a text can have.</summary>
internal static class Schemas
{
    internal static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(JsonObject))
            schema.Type = JsonSchemaType.Object;
        if (
            context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false)
            is [AllowedValuesAttribute allowed]
        )
            schema.Enum = [.. allowed.Values.Select(value => (JsonNode)(string)value!)];
        if (schema.Properties is { Count: > 0 })
        {
            var isRequest = IsRequest(type);
            // Answers are written whole but for what is null, and may get more fields.
            schema.Required = context
                .JsonTypeInfo.Properties.Where(property =>
                    isRequest ? property.IsRequired : property.Get is not null && !property.IsGetNullable
                )
                .Select(property => property.Name)
                .ToHashSet(StringComparer.Ordinal);
            schema.AdditionalPropertiesAllowed = !isRequest;
        }
        return Task.CompletedTask;
    }

    internal static bool IsRequest(Type type) =>
        type.Name.EndsWith("Request", StringComparison.Ordinal)
        || type.Name
            is nameof(Api.WorkspaceChange)
                or nameof(Api.TerminalPatch)
                or nameof(Api.TerminalInput)
                or nameof(Api.TerminalSize)
                or nameof(Api.Resident)
                or nameof(Api.ResidentLimits);
}
