using System.Globalization;
using System.Text.RegularExpressions;

namespace Caisson.Identity;

/// <summary>
/// The one way in which addresses are read and compared: trimmed, lower case, the domain in its ASCII form. Dots and plus tags stay: they can be
/// different people.
/// </summary>
public static partial class EmailAddress
{
    private const int Longest = 254;

    /// <summary>The normalised address, or null with what is wrong and where (counted from 1 in the trimmed text).</summary>
    public static string? Normalise(string? text, out string? problem)
    {
        var trimmed = (text ?? "").Trim(' ', '\t', '\r', '\n');
        problem = null;
        if (trimmed.Length == 0)
            problem = "an address is missing";
        else if (trimmed.Length > Longest)
            problem = $"at position {Longest + 1}: an address has at most {Longest} characters";
        else
            return Read(trimmed, out problem);
        return null;
    }

    /// <summary>Also plain user names: what a proxy without addresses tells (<c>auth.proxy.usernames</c>).</summary>
    public static string? NormaliseUserName(string? text, out string? problem)
    {
        var name = (text ?? "").Trim(' ', '\t', '\r', '\n').ToLowerInvariant();
        if (name.Contains('@', StringComparison.Ordinal))
            return Normalise(name, out problem);
        problem = UserName().IsMatch(name) ? null : "a user name has 1 to 64 of a-z 0-9 . _ -, a letter or digit first";
        return problem is null ? name : null;
    }

    private static string? Read(string text, out string? problem)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        // Before lower-casing: the Kelvin sign, for one, becomes a plain k by it.
        var local = text.AsSpan(0, at < 0 ? text.Length : at);
        if (local.IndexOfAnyExceptInRange('!', '~') is >= 0 and var odd)
        {
            problem = $"at position {odd + 1}: U+{(int)local[odd]:X4} can't be in an address";
            return null;
        }
        if (at < 0)
        {
            problem = $"at position {text.Length + 1}: '@' is missing";
            return null;
        }
        if (Ascii(text[(at + 1)..], out var offset) is not { } domain)
        {
            problem = $"at position {at + 2 + offset}: this is no domain name";
            return null;
        }
        var whole = $"{text[..at].ToLowerInvariant()}@{domain}";
        if (whole.Length <= Longest && Address().IsMatch(whole))
        {
            problem = null;
            return whole;
        }
        var wrong = Start().Match(whole).Length;
        problem = $"at position {wrong + 1}: this can't be in an address here";
        return null;
    }

    private static string? Ascii(string domain, out int offset)
    {
        offset = 0;
        foreach (var character in domain)
        {
            if (char.IsControl(character) || char.IsWhiteSpace(character) || char.GetUnicodeCategory(character) == UnicodeCategory.Format)
                return null;
            offset++;
        }
        offset = 0;
        if (domain.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0)
            return domain.ToLowerInvariant();
        try
        {
            return new IdnMapping { UseStd3AsciiRules = true }
                .GetAscii(domain)
                .ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        @"^[a-z0-9][a-z0-9._%+'-]{0,63}@([a-z0-9-]{1,63}\.)+[a-z]{2,63}\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Address();

    /// <summary>As much as looks right, to name the place where it stops.</summary>
    [GeneratedRegex(
        @"^([a-z0-9][a-z0-9._%+'-]{0,63}(@([a-z0-9-]{1,63}\.)*[a-z0-9-]{0,63})?)?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Start();

    [GeneratedRegex(
        @"^[a-z0-9][a-z0-9._-]{0,63}\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex UserName();
}
