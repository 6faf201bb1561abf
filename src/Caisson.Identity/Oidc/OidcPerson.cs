using System.Text.Json;

namespace Caisson.Identity.Oidc;

/// <summary>What a provider says about somebody, after its rules and ours were applied.</summary>
/// <param name="Granted">Roles by the provider's groups; null where none are mapped.</param>
/// <param name="ProviderSession">The session at the provider, for back-channel logout.</param>
public sealed record OidcPerson(string Subject, string Address, string Name, IReadOnlySet<string>? Granted, string? ProviderSession)
{
    private const int LongestName = 60;

    /// <summary>Null with the reason for a refusal.</summary>
    internal static OidcPerson? Read(JsonElement claims, OidcProviderOptions provider, out string? problem)
    {
        var address = EmailAddress.Normalise(SignedToken.Text(claims, "email"), out problem);
        if (address is null)
        {
            problem = $"email: {problem}";
            return null;
        }
        if (provider.RequireVerifiedEmail && !IsTrue(claims, "email_verified"))
            problem = "email_verified: is not true";
        else if (
            provider.AllowedDomains.Count > 0
            && !provider.AllowedDomains.Contains(address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal)
        )
            problem = "email: its domain is not allowed";
        var groups = Groups(claims, provider.GroupsClaim);
        if (problem is null && provider.RequiredGroup is { } required && !groups.Contains(required))
            problem = "groups: the required one is missing";
        if (problem is not null)
            return null;
        var name = SignedToken.Text(claims, "name") is { Length: > 0 } given
            ? new string([.. given.Where(letter => !char.IsControl(letter))])
            : address;
        return new OidcPerson(
            SignedToken.Text(claims, "sub")!,
            address,
            name.Length > LongestName ? name[..LongestName] : name,
            provider.RoleMap.Count == 0
                ? null
                : provider.RoleMap.Where(pair => groups.Contains(pair.Key)).Select(pair => pair.Value).ToHashSet(StringComparer.Ordinal),
            SignedToken.Text(claims, "sid")
        );
    }

    /// <summary>Some providers write Booleans as text.</summary>
    private static bool IsTrue(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
        && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.GetString() == "true"));

    private static HashSet<string> Groups(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value))
            return [];
        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => value
                .EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!)
                .ToHashSet(StringComparer.Ordinal),
            _ => [],
        };
    }
}
