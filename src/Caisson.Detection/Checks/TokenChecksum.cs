using System.Text;

namespace Caisson.Detection.Checks;

/// <summary>
/// Tokens that end in a checksum of themselves: CRC-32 in base 62, six characters, zeros in front
/// (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
/// </summary>
internal static class TokenChecksum
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Length = 6;

    /// <summary><c>ghp_</c> and its kin: the checksum covers what follows the underscore.</summary>
    internal static bool GitHub(string value) => Ends(value, value.IndexOf('_', StringComparison.Ordinal) + 1);

    /// <summary><c>npm_</c>: the same.</summary>
    internal static bool Npm(string value) => Ends(value, value.IndexOf('_', StringComparison.Ordinal) + 1);

    private static bool Ends(string value, int start)
    {
        if (value.Length - start <= Length)
            return false;
        var sum = Crc32(Encoding.ASCII.GetBytes(value[start..^Length]));
        Span<char> expected = stackalloc char[Length];
        for (var index = Length - 1; index >= 0; index--)
        {
            expected[index] = Alphabet[(int)(sum % 62)];
            sum /= 62;
        }
        return value.AsSpan()[^Length..].SequenceEqual(expected);
    }

    // The polynomial of ISO 3309, bit by bit: it runs over thirty characters of what is a token already.
    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var sum = 0xFFFFFFFFu;
        foreach (var item in bytes)
        {
            sum ^= item;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ (0xEDB88320u & (uint)-(int)(sum & 1));
        }
        return ~sum;
    }
}
