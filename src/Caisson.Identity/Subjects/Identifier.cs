using System.Security.Cryptography;

namespace Caisson.Identity;

/// <summary>Ids that nobody can guess: a letter, a dash and 128 random bits in 26 characters of base32.</summary>
public static class Identifier
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 26;

    /// <param name="kind">The letter: <c>u</c> for users, <c>s</c> for sessions.</param>
    public static string New(char kind) => $"{kind}-{RandomNumberGenerator.GetString(Alphabet, Length)}";

    public static bool IsValid(string text, char kind) =>
        text.Length == Length + 2 && text[0] == kind && text[1] == '-' && text.AsSpan(2).IndexOfAnyExcept(Alphabet) < 0;
}
