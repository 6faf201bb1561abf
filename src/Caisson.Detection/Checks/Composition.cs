namespace Caisson.Detection.Checks;

/// <summary>What characters a value is made of.</summary>
internal static class Composition
{
    /// <summary>Upper case, lower case and digits, as random values of any length above some 20 have nearly always.</summary>
    internal static bool Mixed(string value) =>
        value.Any(char.IsAsciiLetterUpper) && value.Any(char.IsAsciiLetterLower) && value.Any(char.IsAsciiDigit);

    internal static bool HasDigit(string value) => value.Any(char.IsAsciiDigit);

    /// <summary>No name of a program such as <c>get_access_token</c>: at least one digit, or mixed case that does not go by words.</summary>
    internal static bool IsNoWord(string value) =>
        HasDigit(value) || value.Any(character => !char.IsAsciiLetter(character) && character is not ('_' or '-' or '.'));

    /// <summary>
    /// Drawn by lot rather than written: it has a digit, and two neighbours in five or more are of different classes (lower case, upper case, digits, others). Of random
    /// base 62 it is three in five, of hexadecimal one in two; of names such as <c>getAccessToken2</c> one in three at most.
    /// </summary>
    internal static bool IsRandom(string value)
    {
        var changes = 0;
        for (var index = 1; index < value.Length; index++)
            changes += Class(value[index]) == Class(value[index - 1]) ? 0 : 1;
        return HasDigit(value) && changes * 5 >= (value.Length - 1) * 2;
    }

    private static int Class(char character) =>
        char.IsAsciiLetterLower(character) ? 0
        : char.IsAsciiLetterUpper(character) ? 1
        : char.IsAsciiDigit(character) ? 2
        : 3;
}
