namespace Caisson.Audit;

/// <summary>What was found in a request. Holds at most four characters of the value.</summary>
public sealed record FindingRecord
{
    public required string Rule { get; init; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }

    /// <summary><c>host</c>, <c>path</c>, <c>query</c>, <c>header NAME</c> or <c>body</c>.</summary>
    public required string Surface { get; init; }

    /// <summary>Where it begins there, in bytes from 0.</summary>
    public required long Start { get; init; }

    /// <summary>In bytes.</summary>
    public required int Length { get; init; }

    /// <summary>What had to be opened to see it, outermost first.</summary>
    public IReadOnlyList<string> Chain { get; init; } = [];

    public required string Preview { get; init; }

    /// <summary>HMAC-SHA-256 of the value under the server's key, in hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    /// <summary><c>deny</c>, <c>hold</c>, <c>redact</c> or <c>warn</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The setting that said so.</summary>
    public required string DecidedBy { get; init; }
}
