using System.Text.Json.Serialization;

namespace Caisson.Workspaces.Launching;

/// <summary>What the probe should find, given on its standard input.</summary>
internal sealed record ProbeRequest
{
    public required string SandboxId { get; init; }
    public required int OpenFiles { get; init; }
}

internal sealed record ProbeReport(IReadOnlyList<ProbeCheck> Checks);

internal sealed record ProbeCheck(string Name, bool Ok, string Detail);

[JsonSerializable(typeof(ProbeRequest))]
[JsonSerializable(typeof(ProbeReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ProbeJson : JsonSerializerContext;
