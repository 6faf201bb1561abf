using System.Text.Json;
using Caisson.Identity;
using Caisson.Identity.Oidc;
using Caisson.Policy;

namespace Caisson.Server.Configuration;

/// <summary>Reads <c>auth.oidc</c>: JSON objects, or one JSON array of them.</summary>
internal static class OidcSetting
{
    internal const string Schema = """
        {
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["name", "issuer", "client_id"],
            "properties": {
              "name": { "type": "string", "pattern": "^[a-z0-9-]{1,32}$" },
              "title": { "type": "string" },
              "issuer": { "type": "string", "pattern": "^https?://" },
              "client_id": { "type": "string" },
              "client_secret": { "type": "string", "pattern": "^(file|env|exec):.+$" },
              "scopes": { "type": "array", "items": { "type": "string" } },
              "allowed_domains": { "type": "array", "items": { "type": "string" } },
              "required_group": { "type": "string" },
              "groups_claim": { "type": "string" },
              "role_map": { "type": "object", "additionalProperties": { "enum": ["admin", "operator", "approver", "auditor", "member"] } },
              "email_verified": { "type": "boolean" }
            }
          }
        }
        """;

    private static readonly string[] Keys =
    [
        "name",
        "title",
        "issuer",
        "client_id",
        "client_secret",
        "scopes",
        "allowed_domains",
        "required_group",
        "groups_claim",
        "role_map",
        "email_verified",
    ];

    /// <summary>The providers, or the first thing that is wrong.</summary>
    internal static (IReadOnlyList<OidcProviderOptions> Providers, string? Error) Read(IReadOnlyList<string> texts)
    {
        var providers = new List<OidcProviderOptions>();
        try
        {
            foreach (var text in texts)
            {
                using var document = JsonDocument.Parse(text);
                var items =
                    document.RootElement.ValueKind == JsonValueKind.Array
                        ? document.RootElement.EnumerateArray().ToList()
                        : [document.RootElement];
                foreach (var item in items)
                    providers.Add(Provider(item, $"[{providers.Count}]"));
            }
            return
                providers.GroupBy(provider => provider.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
                ? ([], $"two providers have the name '{twice.Key}'")
                : (providers, null);
        }
        catch (JsonException exception)
        {
            return ([], $"is no JSON: {exception.Message}");
        }
        catch (WrongException exception)
        {
            return ([], exception.Message);
        }
    }

    private static OidcProviderOptions Provider(JsonElement item, string place)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw new WrongException($"{place}: a block of keys is expected here");
        foreach (var property in item.EnumerateObject().Where(property => !Keys.Contains(property.Name)))
            throw new WrongException(
                $"{place}.{property.Name}: unknown key{(Suggestion.Nearest(property.Name, Keys) is { } nearest ? $"; did you mean '{nearest}'?" : "")}"
            );
        var name = Required("name");
        if (name.Length > 32 || name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-'))
            throw new WrongException($"{place}.name: '{name}' has to be 1 to 32 of a-z 0-9 -");
        var issuer = Required("issuer");
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || !(url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback)))
            throw new WrongException($"{place}.issuer: '{issuer}' is no https address");
        var secret = Text("client_secret");
        if (secret is not null && SecretReference.TryParse(secret) is null)
            throw new WrongException(
                $"{place}.client_secret: a secret is not written here; say where it is: file:PATH, env:NAME or exec:PROGRAM ARGUMENTS"
            );
        var roles = Map("role_map");
        if (roles.FirstOrDefault(pair => !SiteRoles.IsKnown(pair.Value)) is { Key: { } group, Value: var role })
            throw new WrongException($"{place}.role_map.{group}: '{role}' is no role; known: {string.Join(", ", SiteRoles.All)}");
        var verified = Text("email_verified") ?? "true";
        if (!bool.TryParse(verified, out var required))
            throw new WrongException($"{place}.email_verified: '{verified}' is neither true nor false");
        var plain = new OidcProviderOptions
        {
            Name = name,
            Title = Text("title") ?? name,
            Issuer = issuer,
            ClientId = Required("client_id"),
            ClientSecret = secret,
            AllowedDomains = [.. (List("allowed_domains") ?? []).Select(domain => domain.ToLowerInvariant())],
            RequiredGroup = Text("required_group"),
            RoleMap = roles,
            RequireVerifiedEmail = required,
        };
        return plain with
        {
            GroupsClaim = Text("groups_claim") ?? plain.GroupsClaim,
            Scopes = List("scopes") is { } scopes ? [.. scopes.Prepend("openid").Distinct(StringComparer.Ordinal)] : plain.Scopes,
        };

        string Required(string key) => Text(key) is { Length: > 0 } text ? text : throw new WrongException($"{place}.{key}: is missing");

        string? Text(string key) =>
            !item.TryGetProperty(key, out var value) ? null
            : value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False ? value.ToString()
            : throw new WrongException($"{place}.{key}: one text is expected here");

        List<string>? List(string key) =>
            !item.TryGetProperty(key, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
            : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String)
                ? [.. value.EnumerateArray().Select(entry => entry.GetString()!)]
            : throw new WrongException($"{place}.{key}: a list of texts is expected here");

        Dictionary<string, string> Map(string key)
        {
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            if (!item.TryGetProperty(key, out var value))
                return map;
            if (
                value.ValueKind != JsonValueKind.Object
                || value.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String)
            )
                throw new WrongException($"{place}.{key}: groups and their roles are expected here");
            foreach (var entry in value.EnumerateObject())
                map[entry.Name] = entry.Value.GetString()!;
            return map;
        }
    }

    private sealed class WrongException(string message) : Exception(message);
}
