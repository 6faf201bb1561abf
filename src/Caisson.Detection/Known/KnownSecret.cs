namespace Caisson.Detection.Known;

/// <summary>A value that must not leave.</summary>
/// <param name="Name">What people call it, such as a credential's name; it appears in findings.</param>
/// <param name="Kind">Which rule a finding bears.</param>
/// <param name="Value">At least eight bytes.</param>
public sealed record KnownSecret(string Name, KnownKind Kind, ReadOnlyMemory<byte> Value)
{
    /// <summary>The shortest value that can be searched for, in bytes.</summary>
    public const int Shortest = 8;

    /// <summary>How many bytes in a row count as the value: 16, or half of it if that is more than 12; a short value counts as a whole.</summary>
    internal static int PartOf(int length) => Math.Min(length, length / 2 > 12 ? Math.Min(16, length / 2) : 16);

    /// <summary>Without the value.</summary>
    public override string ToString() => $"{Name} ({Kind})";
}

/// <summary>What kind of value was found.</summary>
public enum KnownKind
{
    /// <summary>A credential that the platform holds, or another value that was given as a secret.</summary>
    Known,

    /// <summary>A decoy that no honest program sends anywhere.</summary>
    Canary,

    /// <summary>What stands in a sandbox for a credential; it belongs to that credential's destinations only.</summary>
    Placeholder,
}
