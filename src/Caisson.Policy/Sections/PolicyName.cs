namespace Caisson.Policy.Sections;

/// <summary>Names of policies, agent profiles and credentials.</summary>
public static class PolicyName
{
    public const string Pattern = "^[a-z][a-z0-9-]{0,62}$";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 63
        && char.IsAsciiLetterLower(name[0])
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
}
