using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Caisson.Credentials.Store;

/// <summary>
/// A credential as it lies on disk: its value under a data key of its own, the data key under the master key, both AES-256-GCM. The name is part of
/// what is authenticated, so that one credential's file can't pass for another's.
/// </summary>
internal sealed record SealedValue
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    public required int Version { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset Changed { get; init; }

    /// <summary>Which master key: the start of a hash, so that a wrong one is told from a damaged file.</summary>
    public required string Master { get; init; }

    /// <summary>Nonce, cipher text, tag.</summary>
    public required byte[] Key { get; init; }

    /// <summary>Nonce, cipher text, tag.</summary>
    public required byte[] Value { get; init; }

    public static SealedValue Seal(string name, ReadOnlySpan<byte> value, ReadOnlySpan<byte> master, DateTimeOffset now)
    {
        Span<byte> dataKey = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(dataKey);
        try
        {
            return new SealedValue
            {
                Version = 1,
                Name = name,
                Changed = now,
                Master = Fingerprint(master),
                Key = Encrypt(master, dataKey, "key\0" + name),
                Value = Encrypt(dataKey, value, "value\0" + name),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>The value, or null where it was changed or belongs to another name.</summary>
    public byte[]? Open(string name, ReadOnlySpan<byte> master)
    {
        var dataKey = Decrypt(master, Key, "key\0" + name);
        if (dataKey is not { Length: KeyBytes })
            return null;
        var value = Decrypt(dataKey, Value, "value\0" + name);
        CryptographicOperations.ZeroMemory(dataKey);
        return value;
    }

    public static string Fingerprint(ReadOnlySpan<byte> master)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(master, "caisson master key fingerprint"u8, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }

    private static byte[] Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, string context)
    {
        var output = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = output.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            nonce,
            plain,
            output.AsSpan(NonceBytes, plain.Length),
            output.AsSpan(NonceBytes + plain.Length),
            Encoding.UTF8.GetBytes(context)
        );
        return output;
    }

    private static byte[]? Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, string context)
    {
        if (input.Length < NonceBytes + TagBytes)
            return null;
        var plain = new byte[input.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(input[..NonceBytes], input[NonceBytes..^TagBytes], input[^TagBytes..], plain, Encoding.UTF8.GetBytes(context));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(SealedValue))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class StoreJson : JsonSerializerContext;
