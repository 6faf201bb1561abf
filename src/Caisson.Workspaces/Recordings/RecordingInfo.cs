using System.Text.Json.Serialization;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Recordings;

/// <summary>What is known of a recording beside what it holds.</summary>
public sealed record RecordingInfo
{
    public required string Id { get; init; }
    public required string Workspace { get; init; }

    /// <summary>User id; null for a sandbox of <c>caisson run</c>, which is the local user's.</summary>
    public string? Owner { get; init; }

    /// <summary>Its decisions become marks.</summary>
    public required string Sandbox { get; init; }
    public required string Terminal { get; init; }
    public required string Label { get; init; }
    public required RecordingMode Mode { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required int Columns { get; init; }
    public required int Rows { get; init; }

    /// <summary>Null while it goes on.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it ended, in words.</summary>
    public string? EndReason { get; init; }
    public TimeSpan Duration { get; init; }

    /// <summary>On disk.</summary>
    public long Bytes { get; init; }

    /// <summary>Held ones are not deleted, by nobody and by no time.</summary>
    public bool Held { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RecordingInfo))]
internal sealed partial class RecordingJson : JsonSerializerContext;
