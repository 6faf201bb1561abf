using System.Text;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Known;

/// <summary>
/// What of a value is secret. A private key has lines that every key has, and an account's file in JSON the addresses of its vendor: to look for those would
/// stop honest requests.
/// </summary>
internal static class SecretParts
{
    private const int Shortest = 20;
    private const double LeastEntropy = 3.5;

    /// <summary>The value itself; of one with several lines, or of an object in JSON, its random parts.</summary>
    internal static IReadOnlyList<byte[]> Of(byte[] value)
    {
        if (value.AsSpan().Trim(" \t\r\n"u8).IndexOf((byte)'\n') < 0 && value[0] != '{')
            return [value];
        var parts = new List<byte[]>();
        var start = 0;
        for (var position = 0; position <= value.Length; position++)
        {
            if (position < value.Length && Decoding.Alphabets.Base64[value[position]] != Decoding.Alphabets.None)
                continue;
            if (position - start >= Shortest && IsRandom(Encoding.ASCII.GetString(value, start, position - start)))
                parts.Add(value[start..position]);
            start = position + 1;
        }
        // Nothing in it looks random: then it is a text that somebody made a secret of.
        return parts.Count == 0 ? [value] : parts;
    }

    private static bool IsRandom(string part) =>
        Shannon.BitsPerCharacter(part) >= LeastEntropy
        && part.Any(char.IsAsciiDigit)
        && (part.All(char.IsAsciiHexDigit) || (part.Any(char.IsAsciiLetterUpper) && part.Any(char.IsAsciiLetterLower)));
}
