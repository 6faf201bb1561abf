using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Identity.Sessions;

/// <summary>Secrets that people carry: 256 random bits to them, SHA-256 to us. With this much chance in it a slow hash would add nothing.</summary>
internal static class SecretHash
{
    internal const int SecretLength = 43;

    internal static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static string Of(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    internal static bool Equal(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
