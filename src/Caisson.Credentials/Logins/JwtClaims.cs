using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caisson.Credentials.Logins;

/// <summary>Reads the claims of a token (RFC 7519) without judging it: that is its issuer's matter.</summary>
internal static class JwtClaims
{
    // Beyond it no date can be made of the number.
    private const long LastSecond = 253402300799;

    /// <summary>Null where it is no token.</summary>
    public static JsonObject? Read(string? token)
    {
        if (token?.Split('.') is not [_, var part, { Length: > 0 }] || !Base64Url.IsValid(part))
            return null;
        try
        {
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;
            _ = claims?.Count;
            return claims;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The claim <c>exp</c>, or null.</summary>
    public static DateTimeOffset? End(JsonObject claims) =>
        claims["exp"] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}
