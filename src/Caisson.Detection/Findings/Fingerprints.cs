using System.Security.Cryptography;
using System.Text;

namespace Caisson.Detection.Findings;

/// <summary>Makes what stands for a value in findings.</summary>
/// <param name="key">32 random bytes that only the server has: without them a fingerprint can't be compared with guesses.</param>
public sealed class Fingerprints(byte[] key)
{
    private const int Visible = 4;

    /// <summary>A key for one run, for fingerprints that nobody keeps.</summary>
    public static Fingerprints Ephemeral() => new(RandomNumberGenerator.GetBytes(32));

    internal string Of(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(HMACSHA256.HashData(key, value));

    /// <summary>At most four characters, and of a short value fewer: never more than a quarter.</summary>
    internal static string Preview(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(Visible + 1);
        foreach (var item in value[..Math.Min(Visible, value.Length / 4)])
            text.Append(item is > 0x20 and < 0x7F ? (char)item : '.');
        return text.Append('…').ToString();
    }
}
