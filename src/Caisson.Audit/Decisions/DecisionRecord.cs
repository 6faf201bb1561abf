namespace Caisson.Audit;

/// <summary>
/// One request at the gateway, as written to the decision log. Holds no header or body, no query value, no secret and no injected value.
/// </summary>
public sealed record DecisionRecord
{
    /// <summary>The <see cref="Verdict"/> of what was forwarded.</summary>
    public const string Allowed = "allow";

    /// <summary>The <see cref="Verdict"/> of what was not.</summary>
    public const string Denied = "deny";

    /// <summary>The id that the refusal shows (<c>x-caisson-id</c>): <c>d-</c> and 12 characters of base36.</summary>
    public required string Id { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Sandbox { get; init; }

    /// <summary>Pid inside the sandbox of the calling process, 0 where unknown.</summary>
    public int ProcessId { get; init; }

    /// <summary>Path of the calling executable as seen in the sandbox, or null.</summary>
    public string? Executable { get; init; }

    /// <summary>Lower-case hex, or null where it could not be read.</summary>
    public string? ExecutableSha256 { get; init; }
    public required string Protocol { get; init; }
    public required string Host { get; init; }
    public required int Port { get; init; }
    public string Method { get; init; } = "";

    /// <summary>Path as sent, without query; at most 2,048 characters.</summary>
    public string Path { get; init; } = "";
    public required string Verdict { get; init; }
    public string? Reason { get; init; }
    public required string Rule { get; init; }
    public string? Route { get; init; }

    /// <summary>Name of the credential that was injected, never its value.</summary>
    public string? Credential { get; init; }

    /// <summary>What was found in it; null where nothing was.</summary>
    public IReadOnlyList<FindingRecord>? Findings { get; init; }
    public int Status { get; init; }
    public long RequestBytes { get; init; }
    public long ResponseBytes { get; init; }
    public double DurationMilliseconds { get; init; }
}
