using System.Text.Json.Serialization;

namespace Caisson.Audit;

/// <summary>The form of a record in the log: snake_case keys, absent where null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DecisionRecord))]
internal sealed partial class DecisionRecordJson : JsonSerializerContext;
