using System.Buffers;
using System.Text;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Checks;

/// <summary>Passwords that somebody would keep secret, told from those of documentation and of tests on one's own machine.</summary>
internal static class Passwords
{
    private const int Shortest = 6;
    private const double LeastBits = 2.5;

    private static readonly SearchValues<string> Common = SearchValues.Create(
        ["pass", "secret", "pwd", "test", "user", "admin", "root", "guest", "demo", "localhost", "postgres", "foo", "bar", "abc", "1234"],
        StringComparison.OrdinalIgnoreCase
    );

    /// <summary>It is no word, no name of a variable and none of what examples say.</summary>
    internal static bool Is(string value) =>
        value.Length >= Shortest
        && Composition.HasDigit(value)
        && value.Any(char.IsAsciiLetter)
        && value[0] is not ('$' or '%' or '{' or '<' or '*' or '[' or '(')
        && !value.AsSpan().ContainsAny(Common)
        && !StandIns.Is(value)
        && Shannon.BitsPerCharacter(value) >= LeastBits;

    /// <summary>RFC 7617: base64 of a name, a colon and a password.</summary>
    internal static bool IsBasic(string value)
    {
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out var length))
            return false;
        var text = Encoding.Latin1.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.All(character => character is > ' ' and < '\x7F') && Is(text[(colon + 1)..]);
    }
}
