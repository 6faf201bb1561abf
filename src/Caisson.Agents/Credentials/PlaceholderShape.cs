using System.Security.Cryptography;

namespace Caisson.Agents.Credentials;

/// <summary>What a value that stands for a credential has to look like, so that a client which checks its key's form starts with it.</summary>
/// <param name="Prefix">As the vendor's own keys begin.</param>
/// <param name="RandomLength">How many random characters of <c>A-Z a-z 0-9</c> follow: each carries 5.95 bits.</param>
/// <param name="Suffix">As the vendor's own keys end.</param>
public sealed record PlaceholderShape(string Prefix, int RandomLength, string Suffix = "")
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>For credentials of no known client: 43 random characters, 256 bits.</summary>
    public static PlaceholderShape Opaque { get; } = new("", 43);

    /// <summary>A new value: random, useless anywhere but at this sandbox's gateway.</summary>
    public string Create() => Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength) + Suffix;
}
