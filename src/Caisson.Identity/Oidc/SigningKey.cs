using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Caisson.Identity.Oidc;

/// <summary>One public key of a provider (RFC 7517) and the algorithms that it verifies. Symmetric keys and <c>none</c> don't exist here.</summary>
internal sealed class SigningKey
{
    private const int LeastRsaBits = 2048;

    private readonly RSA? _rsa;
    private readonly ECDsa? _curve;
    private readonly string? _algorithm;

    private SigningKey(string? id, string? algorithm, RSA? rsa, ECDsa? curve)
    {
        Id = id;
        _algorithm = algorithm;
        _rsa = rsa;
        _curve = curve;
    }

    /// <summary><c>kid</c>.</summary>
    internal string? Id { get; }

    /// <summary>Those of a JWK set that sign and that we know how to verify; the others are passed over.</summary>
    internal static IReadOnlyList<SigningKey> ReadSet(JsonElement set)
    {
        var keys = new List<SigningKey>();
        if (!set.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
            return keys;
        foreach (var item in list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
        {
            if (Text(item, "use") is null or "sig" && Read(item) is { } key)
                keys.Add(key);
        }
        return keys;
    }

    internal bool Verifies(string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_algorithm is not null && _algorithm != algorithm)
            return false;
        return algorithm switch
        {
            "RS256" => Rsa(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "RS384" => Rsa(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            "RS512" => Rsa(signed, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            "PS256" => Rsa(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            "ES256" => Curve(signed, signature, HashAlgorithmName.SHA256, 256),
            "ES384" => Curve(signed, signature, HashAlgorithmName.SHA384, 384),
            _ => false,
        };
    }

    private bool Rsa(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, HashAlgorithmName hash, RSASignaturePadding padding) =>
        _rsa is not null && _rsa.VerifyData(signed, signature, hash, padding);

    private bool Curve(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, HashAlgorithmName hash, int bits) =>
        _curve is not null
        && _curve.KeySize == bits
        && _curve.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static SigningKey? Read(JsonElement item)
    {
        try
        {
            switch (Text(item, "kty"))
            {
                case "RSA" when Bytes(item, "n") is { } modulus && Bytes(item, "e") is { } exponent:
                    var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
                    return rsa.KeySize >= LeastRsaBits ? new SigningKey(Text(item, "kid"), Text(item, "alg"), rsa, null) : null;
                case "EC" when Bytes(item, "x") is { } x && Bytes(item, "y") is { } y:
                    ECCurve? curve = Text(item, "crv") switch
                    {
                        "P-256" => ECCurve.NamedCurves.nistP256,
                        "P-384" => ECCurve.NamedCurves.nistP384,
                        _ => null,
                    };
                    return curve is { } named
                        ? new SigningKey(
                            Text(item, "kid"),
                            Text(item, "alg"),
                            null,
                            ECDsa.Create(
                                new ECParameters
                                {
                                    Curve = named,
                                    Q = new ECPoint { X = x, Y = y },
                                }
                            )
                        )
                        : null;
                default:
                    return null;
            }
        }
        catch (CryptographicException)
        {
            // A key that is none can't verify anything.
            return null;
        }
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement item, string name)
    {
        try
        {
            return Text(item, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
