using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caisson.Identity.Oidc;

namespace Caisson.Identity.Tests.Oidc;

/// <summary>Makes tokens as a provider would, and as one never would.</summary>
internal sealed class TokenForge : IDisposable
{
    internal const string Issuer = "https://id.example/realm";
    internal const string Client = "caisson";
    internal static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _foreign = RSA.Create(2048);
    private readonly ECDsa _p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    internal TokenForge()
    {
        Set = new JsonObject
        {
            ["keys"] = new JsonArray(
                Rsa("rsa", _rsa),
                Curve("p256", "P-256", _p256),
                Curve("p384", "P-384", _p384),
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["kid"] = "locked",
                    ["use"] = "sig",
                    ["alg"] = "PS256",
                    ["n"] = Base64Url.EncodeToString(_rsa.ExportParameters(false).Modulus),
                    ["e"] = "AQAB",
                },
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["kid"] = "enc",
                    ["use"] = "enc",
                    ["n"] = Base64Url.EncodeToString(_rsa.ExportParameters(false).Modulus),
                    ["e"] = "AQAB",
                },
                new JsonObject
                {
                    ["kty"] = "oct",
                    ["kid"] = "oct",
                    ["k"] = "c2VjcmV0",
                },
                new JsonObject
                {
                    ["kty"] = "EC",
                    ["kid"] = "broken",
                    ["crv"] = "P-256",
                    ["x"] = "AQ",
                    ["y"] = "AQ",
                }
            ),
        };
        using var document = JsonDocument.Parse(Set.ToJsonString());
        Keys = SigningKey.ReadSet(document.RootElement);
    }

    internal JsonObject Set { get; }

    internal IReadOnlyList<SigningKey> Keys { get; }

    internal static OidcProviderOptions Options { get; } =
        new()
        {
            Name = "corp",
            Title = "Corp",
            Issuer = Issuer,
            ClientId = Client,
        };

    internal static JsonObject Claims() =>
        new()
        {
            ["iss"] = Issuer,
            ["aud"] = Client,
            ["sub"] = "7",
            ["nonce"] = "n-1",
            ["exp"] = Now.AddMinutes(5).ToUnixTimeSeconds(),
            ["iat"] = Now.ToUnixTimeSeconds(),
            ["email"] = "A.Bee@Example.com",
            ["email_verified"] = true,
            ["groups"] = new JsonArray("staff"),
        };

    internal static JsonObject LogoutClaims() =>
        new()
        {
            ["iss"] = Issuer,
            ["aud"] = Client,
            ["sub"] = "7",
            ["sid"] = "s-1",
            ["jti"] = "j-1",
            ["exp"] = Now.AddMinutes(2).ToUnixTimeSeconds(),
            ["iat"] = Now.ToUnixTimeSeconds(),
            ["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() },
        };

    internal string Sign(
        JsonObject claims,
        string algorithm = "RS256",
        string? kid = "rsa",
        JsonObject? header = null,
        bool foreign = false
    ) => SignText(claims.ToJsonString(), algorithm, kid, header, foreign);

    internal string SignText(
        string claims,
        string algorithm = "RS256",
        string? kid = "rsa",
        JsonObject? header = null,
        bool foreign = false
    )
    {
        header ??= [];
        header["alg"] = algorithm;
        if (kid is not null)
            header["kid"] = kid;
        var signed = $"{Encode(header.ToJsonString())}.{Encode(claims)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var rsa = foreign ? _foreign : _rsa;
        var signature = algorithm switch
        {
            "RS256" => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "RS384" => rsa.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            "RS512" => rsa.SignData(bytes, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            "PS256" => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            "PS512" => rsa.SignData(bytes, HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
            "ES256" => _p256.SignData(bytes, HashAlgorithmName.SHA256),
            "ES384" => _p384.SignData(bytes, HashAlgorithmName.SHA384),
            // The old trick: the public key, which everybody has, as the secret of a symmetric signature.
            "HS256" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), bytes),
            _ => [1],
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    internal static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        _rsa.Dispose();
        _foreign.Dispose();
        _p256.Dispose();
        _p384.Dispose();
    }

    private static JsonObject Rsa(string kid, RSA key) =>
        new()
        {
            ["kty"] = "RSA",
            ["kid"] = kid,
            ["n"] = Base64Url.EncodeToString(key.ExportParameters(false).Modulus),
            ["e"] = Base64Url.EncodeToString(key.ExportParameters(false).Exponent),
        };

    private static JsonObject Curve(string kid, string curve, ECDsa key) =>
        new()
        {
            ["kty"] = "EC",
            ["kid"] = kid,
            ["crv"] = curve,
            ["x"] = Base64Url.EncodeToString(key.ExportParameters(false).Q.X),
            ["y"] = Base64Url.EncodeToString(key.ExportParameters(false).Q.Y),
        };
}
