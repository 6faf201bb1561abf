using Caisson.Detection.Findings;

namespace Caisson.Detection.Rules;

/// <summary>What a kind of secret looks like, as a rule file says it.</summary>
public sealed record Rule
{
    /// <summary>The longest match, in bytes, where a rule says nothing.</summary>
    public const int DefaultLongest = 512;

    /// <summary>The most that a rule may ask for, in bytes.</summary>
    public const int MostLongest = 16384;

    /// <summary>The most before a keyword, in bytes.</summary>
    public const int MostBefore = 512;

    /// <summary>Lower-case words joined by hyphens.</summary>
    public required string Id { get; init; }

    public required string Description { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>One of these must stand in the text, in any case, at least four characters each. A match is looked for only there.</summary>
    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>A regular expression without look-around and back-references. A group named <c>secret</c> is the value; without one the whole match is. The pieces of <see cref="RulePieces"/> may stand in it.</summary>
    public required string Pattern { get; init; }

    /// <summary>How far before a keyword a match may begin, in bytes. 0: every match begins with the keyword.</summary>
    public int Before { get; init; }

    /// <summary>How long a match may be, in bytes.</summary>
    public int Longest { get; init; } = DefaultLongest;

    /// <summary>The match must not continue a word: no letter, digit or underscore stands before it.</summary>
    public bool Boundary { get; init; }

    /// <summary>The least bits per character of the value; 0 for any.</summary>
    public double Entropy { get; init; }

    /// <summary>Names of checks that the value must pass.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Another expression that must match nearby, or null.</summary>
    public Near? Near { get; init; }

    /// <summary>Texts in which it is found.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Texts that look alike, in which it is not.</summary>
    public IReadOnlyList<string> CounterExamples { get; init; } = [];
}

/// <summary>A second match that a rule needs.</summary>
/// <param name="Pattern">As a rule's.</param>
/// <param name="Within">How far from the first, in bytes either way, from 1 to 4096.</param>
public sealed record Near(string Pattern, int Within);
