using System.Text.Json.Serialization;

namespace Caisson.Server.Configuration;

/// <summary>What the stream of events tells of a reload: keys and a count, and no value.</summary>
internal sealed record ReloadNotice(string Kind, IReadOnlyList<string> Applied, IReadOnlyList<string> NeedRestart, int Errors);

[JsonSerializable(typeof(ReloadNotice))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ReloadJson : JsonSerializerContext;
