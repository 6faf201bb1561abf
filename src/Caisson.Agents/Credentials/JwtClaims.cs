using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caisson.Agents.Credentials;

/// <summary>Reads the claims of a token without judging it: that is its issuer's matter.</summary>
internal static class JwtClaims
{
    internal static bool TryRead(string part, [NotNullWhen(true)] out JsonObject? claims)
    {
        claims = null;
        if (!Base64Url.IsValid(part))
            return false;
        try
        {
            claims = JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
        return claims is not null;
    }
}
