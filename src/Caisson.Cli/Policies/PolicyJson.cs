using System.Text.Json.Serialization;
using Caisson.Policy.Composition;

namespace Caisson.Cli.Policies;

/// <param name="Layer">Who wrote it: <c>policy</c>, <c>profile</c>, <c>default</c> …</param>
/// <param name="File">Null where no file was read.</param>
/// <param name="Line">From 1, or null.</param>
/// <param name="Where">Layer and place in words.</param>
internal sealed record PolicyValue(string Key, string Value, string Layer, string? File, int? Line, string Where)
{
    internal static PolicyValue Of(ExplainedValue value)
    {
        var written = value.Origin.Line > 0;
        return new PolicyValue(
            value.Key,
            value.Value,
            value.Origin.Layer.ToString().ToLowerInvariant(),
            written ? value.Origin.File : null,
            written ? value.Origin.Line : null,
            value.Where
        );
    }
}

internal sealed record PolicyValues(IReadOnlyList<PolicyValue> Items);

[JsonSerializable(typeof(PolicyCheckReport))]
[JsonSerializable(typeof(PolicyValues))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class PolicyJson : JsonSerializerContext;
