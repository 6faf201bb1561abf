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
}
