using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Identity.Tokens;

/// <summary>
/// The form of API tokens: <c>csn_ID_SECRET_CHECK</c> with 8, 43 and 6 characters. The checksum lets a scanner of secrets tell a real one from
/// text that looks like one, and lets us refuse a mistyped one without asking the database.
/// </summary>
public static class ApiTokenText
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string Prefix = "csn_";
    private const int IdLength = 8;
    private const int SecretLength = 43;
    private const int CheckLength = 6;
    private const int Length = 4 + IdLength + 1 + SecretLength + 1 + CheckLength;

    /// <summary>A new token: its id, which is no secret, and the whole.</summary>
    public static (string Id, string Text) New()
    {
        var id = RandomNumberGenerator.GetString(Alphabet, IdLength);
        var body = $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        return (id, $"{body}_{Check(body)}");
    }

    /// <summary>The id of a well-formed token, or null.</summary>
    public static string? Id(string text)
    {
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        if (text[12] != '_' || text[56] != '_' || Check(text[..56]) != text[57..])
            return null;
        var id = text.Substring(4, IdLength);
        return id.AsSpan().IndexOfAnyExcept(Alphabet) < 0 ? id : null;
    }

    private static string Check(string body)
    {
        var number = BitConverter.ToUInt64(SHA256.HashData(Encoding.ASCII.GetBytes(body)));
        var text = new char[CheckLength];
        for (var index = 0; index < CheckLength; index++)
        {
            text[index] = Alphabet[(int)(number % (ulong)Alphabet.Length)];
            number /= (ulong)Alphabet.Length;
        }
        return new string(text);
    }
}
