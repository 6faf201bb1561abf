using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Caisson.Identity.Oidc;

/// <summary>A JWS in compact form (RFC 7515), taken apart but not yet believed.</summary>
internal sealed record SignedToken(string Algorithm, string? KeyId, string? Type, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    private const int Longest = 64 * 1024;

    // The same claim twice would let two readers see two tokens.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Null with what is wrong.</summary>
    internal static SignedToken? Read(string text, out string problem)
    {
        problem = "is no signed token";
        if (text.Length > Longest || text.Split('.') is not [{ Length: > 0 } head, { Length: > 0 } body, { Length: > 0 } signature])
            return null;
        try
        {
            var header = Json(head);
            if (header.ValueKind != JsonValueKind.Object || Text(header, "alg") is not { } algorithm)
                return null;
            if (header.TryGetProperty("crit", out _))
            {
                problem = "needs extensions that are not known here (crit)";
                return null;
            }
            var claims = Json(body);
            return claims.ValueKind != JsonValueKind.Object
                ? null
                : new SignedToken(
                    algorithm,
                    Text(header, "kid"),
                    Text(header, "typ"),
                    claims,
                    Encoding.ASCII.GetBytes($"{head}.{body}"),
                    Base64Url.DecodeFromChars(signature)
                );
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    internal static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement Json(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        return document.RootElement.Clone();
    }
}
