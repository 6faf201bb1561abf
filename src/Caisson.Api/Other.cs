using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>Of a command or of a server. Read by other versions of either, so members that a reader does not know are passed over.</summary>
/// <param name="Commit">Of the build, or <c>unknown</c>.</param>
/// <param name="Built">When, or <c>unknown</c>.</param>
/// <param name="Schema">Of the state database; the server's alone.</param>
/// <param name="Listen">Where the API listens beside the socket, or null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record VersionResponse(string Version, string Commit, string Built, string Api, int? Schema = null, string? Listen = null);

/// <param name="Server">Null while none runs.</param>
public sealed record VersionReport(VersionResponse Command, VersionResponse? Server);

public sealed record AgentResponse
{
    public required string Name { get; init; }
    public string? Pinned { get; init; }
    public string? Installed { get; init; }
    public required string Architecture { get; init; }

    /// <summary><c>ready</c>, <c>not_installed</c>, <c>needs_credential</c>, <c>not_available</c> or <c>broken (why)</c>.</summary>
    public required string State { get; init; }
    public required IReadOnlyList<string> Files { get; init; }
    public required IReadOnlyList<string> Routes { get; init; }
    public required IReadOnlyList<string> Abilities { get; init; }
}

public sealed record AgentList(IReadOnlyList<AgentResponse> Items);

public sealed record CredentialResponse(string Name, DateTimeOffset Changed);

public sealed record CredentialList(IReadOnlyList<CredentialResponse> Items);

public sealed record CredentialValueRequest([property: JsonRequired] string Value);

/// <summary>RFC 9457 problem details, with a stable code and the remedy.</summary>
public sealed record Problem
{
    public string Title { get; init; } = "";
    public int Status { get; init; }
    public string Code { get; init; } = "";
    public string Detail { get; init; } = "";
    public string? Fix { get; init; }
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>What the server's log calls this request.</summary>
    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }
}
