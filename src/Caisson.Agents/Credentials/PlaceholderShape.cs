using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Agents.Credentials;

/// <summary>What a value that stands for a credential has to look like, so that a client which checks its key's form starts with it.</summary>
/// <param name="Prefix">As the vendor's own keys begin.</param>
/// <param name="RandomLength">How many random characters of <c>A-Z a-z 0-9</c> follow: each carries 5.95 bits.</param>
/// <param name="Suffix">As the vendor's own keys end.</param>
public sealed record PlaceholderShape(string Prefix, int RandomLength, string Suffix = "")
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>For credentials of no known client: 43 random characters, 256 bits.</summary>
    public static PlaceholderShape Opaque { get; } = new("", 43);

    /// <summary>A new value: random, useless anywhere but at this sandbox's gateway.</summary>
    public string Create() => Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength) + Suffix;

    /// <summary>
    /// A token that clients can read as the real one: header and claims are kept, so also its end (<c>exp</c>); the signature is random.
    /// A token without an end gets one <paramref name="lifetime"/> from now, because clients sign in again when they find none.
    /// </summary>
    /// <param name="token">A JWT (RFC 7519): three base64url parts, the second a JSON object.</param>
    /// <returns>Null where <paramref name="token"/> is none.</returns>
    public static string? CreateJwt(string token, TimeProvider time, TimeSpan lifetime)
    {
        if (token.Split('.') is not [var header, var claims, { Length: > 0 }] || !JwtClaims.TryRead(claims, out var read))
            return null;
        if (!read.ContainsKey("exp"))
        {
            read["exp"] = time.GetUtcNow().Add(lifetime).ToUnixTimeSeconds();
            claims = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(read.ToJsonString()));
        }
        return $"{header}.{claims}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(256))}";
    }
}
