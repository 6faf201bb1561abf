using System.Buffers.Text;
using System.Text.Json;

namespace Caisson.Detection.Checks;

/// <summary>RFC 7519: three parts, of which the first two are objects in JSON and the first names an algorithm.</summary>
internal static class JsonWebToken
{
    internal static bool Is(string value)
    {
        var parts = value.Split('.');
        return parts.Length is 3 or 5 && Object(parts[0], "alg") && (parts.Length == 5 || Object(parts[1], null));
    }

    private static bool Object(string part, string? key)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && (key is null || document.RootElement.TryGetProperty(key, out _));
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return false;
        }
    }
}
