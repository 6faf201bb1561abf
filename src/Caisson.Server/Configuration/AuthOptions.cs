using System.Net;
using Caisson.Identity.Oidc;

namespace Caisson.Server.Configuration;

/// <summary>How people prove who they are. See <see cref="AuthSettings"/> for each key's meaning.</summary>
public sealed record AuthOptions
{
    /// <summary><c>local</c>, <c>proxy</c> or <c>oidc</c>.</summary>
    public string Mode { get; init; } = "local";
    public bool AllowRemote { get; init; }

    /// <summary>Peers whose <c>X-Forwarded-*</c> count, and in <c>proxy</c> mode their word on who is there.</summary>
    public IReadOnlyList<IPNetwork> Trusted { get; init; } = [];

    /// <summary>The operator knows that a trusted network is all of the internet.</summary>
    public bool TrustAnyone { get; init; }

    /// <summary>Headers that name the person, in the order in which they count.</summary>
    public IReadOnlyList<string> Headers { get; init; } = ["X-Forwarded-Email", "X-Forwarded-User", "X-Databricks-User-Email"];
    public bool UserNames { get; init; }

    /// <summary>Where to read what the proxy sends in <c>X-Caisson-Proxy-Secret</c>.</summary>
    public SecretReference? ProxySecret { get; init; }
    public IReadOnlyList<OidcProviderOptions> Oidc { get; init; } = [];

    /// <summary>A role, or <c>none</c>.</summary>
    public string DefaultRole { get; init; } = "member";

    /// <summary>Normalised addresses.</summary>
    public IReadOnlyList<string> Admins { get; init; } = [];

    /// <summary>Scheme, host and port that people use, without a path.</summary>
    public Uri? PublicUrl { get; init; }
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];
    public bool AdminView { get; init; } = true;
}
