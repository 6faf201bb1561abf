namespace Caisson.Detection.Findings;

/// <summary>Something that must not leave, or come in, and where it stands. The value itself is nowhere in it.</summary>
public sealed record Finding
{
    /// <summary>A rule's id, or <c>known</c>, <c>canary</c>, <c>placeholder_misuse</c>, <c>bomb</c>.</summary>
    public required string Rule { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Which detector saw it.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>What was found, in words: a rule's description or a known value's name.</summary>
    public required string Description { get; init; }

    /// <summary>Where it begins in the scanned bytes, from 0. For something packed: where the packing begins.</summary>
    public required int Start { get; init; }

    /// <summary>In bytes; of something packed: the whole packing.</summary>
    public required int Length { get; init; }

    /// <summary>How much of the value was seen, in characters of the text it was seen in.</summary>
    internal int Extent { get; init; }

    /// <summary>What had to be opened to see it, outermost first: <c>base64</c>, <c>escapes</c>. Empty for plain text.</summary>
    public IReadOnlyList<string> Chain { get; init; } = [];

    /// <summary>At most four characters of the value, then dots.</summary>
    public required string Preview { get; init; }

    /// <summary>HMAC-SHA-256 of the value in hexadecimal: the same for the same value, and of no use to find it out.</summary>
    public required string Fingerprint { get; init; }
}

/// <summary>What saw a finding.</summary>
public enum FindingKind
{
    Pattern,
    Known,
    Canary,
    Placeholder,
    Bomb,
}
