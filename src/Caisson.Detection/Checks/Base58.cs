using System.Numerics;
using System.Security.Cryptography;

namespace Caisson.Detection.Checks;

/// <summary>Base58Check: Bitcoin's private keys in wallet import format, and extended private keys. The last four bytes are the double SHA-256 of the others.</summary>
internal static class Base58
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int ChecksumBytes = 4;

    internal static bool HasChecksum(string value)
    {
        var number = BigInteger.Zero;
        foreach (var character in value)
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            number = (number * 58) + digit;
        }
        var zeros = value.TakeWhile(character => character == '1').Count();
        byte[] bytes = [.. new byte[zeros], .. number.ToByteArray(isUnsigned: true, isBigEndian: true)];
        return bytes.Length > ChecksumBytes
            && SHA256
                .HashData(SHA256.HashData(bytes.AsSpan()[..^ChecksumBytes]))
                .AsSpan(0, ChecksumBytes)
                .SequenceEqual(bytes.AsSpan()[^ChecksumBytes..]);
    }
}
