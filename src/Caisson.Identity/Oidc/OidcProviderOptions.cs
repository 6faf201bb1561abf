namespace Caisson.Identity.Oidc;

/// <summary>One identity provider, as the operator wrote it.</summary>
public sealed record OidcProviderOptions
{
    /// <summary>In addresses: <c>/login/oidc/NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>On the login page.</summary>
    public required string Title { get; init; }

    /// <summary>Exactly what the provider's tokens say in <c>iss</c>.</summary>
    public required string Issuer { get; init; }
    public required string ClientId { get; init; }

    /// <summary>Where it is (<c>file:PATH</c>), never the secret itself. Null: a public client.</summary>
    public string? ClientSecret { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "email", "profile"];

    /// <summary>In ASCII and lower case. Empty: any.</summary>
    public IReadOnlyList<string> AllowedDomains { get; init; } = [];
    public string? RequiredGroup { get; init; }

    /// <summary>The claim that lists groups.</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>Group to site role.</summary>
    public IReadOnlyDictionary<string, string> RoleMap { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    public bool RequireVerifiedEmail { get; init; } = true;

    /// <summary>Whether what somebody may do depends on what the provider says now, so that it has to be asked again.</summary>
    public bool DependsOnGroups => RequiredGroup is not null || RoleMap.Count > 0;
}
