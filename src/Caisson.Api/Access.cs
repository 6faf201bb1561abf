using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>Who the caller is and what they may do.</summary>
public sealed record MeResponse
{
    public required string Id { get; init; }
    public required string Address { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary><c>local</c>, <c>proxy</c> or <c>oidc</c>.</summary>
    [AllowedValues("local", "proxy", "oidc")]
    public required string Mode { get; init; }

    /// <summary>What they may do somewhere: <c>workspaces:create</c>.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }
    public MeSession? Session { get; init; }
    public required ServerFacts Server { get; init; }
}

/// <param name="Notice"><c>login.link_reused</c> when the link that opened one of the person's sessions was used again, until they dismiss it.</param>
public sealed record MeSession(string Id, DateTimeOffset Expires, string? Notice);

public sealed record ServerFacts(string Version, string Commit, string? PublicUrl);

/// <param name="Token">What stands behind the <c>#</c> of a login link.</param>
public sealed record LinkRequest([property: JsonRequired] string Token);

/// <param name="Reason">For an admin session beside the provider: why.</param>
public sealed record NewLinkRequest(string? Reason);

public sealed record NewLinkResponse(string Url, DateTimeOffset Expires);

/// <param name="Url">Where the browser goes to sign in there.</param>
public sealed record LoginProvider(string Name, string Title, string Url);

/// <param name="EndSession">Where the browser goes to sign out at the provider too.</param>
public sealed record LogoutResponse(string EndSession);

/// <param name="LinkReused">The last use of the login link that had opened this session, which was refused; null once it was dismissed.</param>
public sealed record SessionResponse(
    string Id,
    DateTimeOffset Created,
    DateTimeOffset LastUsed,
    string Address,
    string Agent,
    bool Current,
    LinkReuse? LinkReused
);

/// <summary>Somebody used a login link that was used up.</summary>
/// <param name="Address">Where they were: an IP address.</param>
public sealed record LinkReuse(DateTimeOffset Time, string Address);

/// <param name="Days">1 to 365; 90 when not said.</param>
public sealed record NewTokenRequest([property: JsonRequired] string Name, IReadOnlyList<string>? Scopes, int? Days);

/// <param name="Name">The machine's name; the token is named after it. 1 to 60 characters.</param>
/// <param name="Port">Where the program listens on 127.0.0.1 for the browser; absent when the browser is on another machine.</param>
/// <param name="State">Goes with the port: what the program recognises its own login by, letters and digits.</param>
public sealed record NewDeviceLogin([property: JsonRequired] string Name, IReadOnlyList<string>? Scopes, int? Port, string? State);

/// <param name="DeviceCode">What the program fetches its token with; nobody else is to see it.</param>
/// <param name="UserCode">What the person sees in both places.</param>
/// <param name="Url">The page that asks for the code.</param>
/// <param name="CompleteUrl">The page with the code in it.</param>
/// <param name="Interval">Seconds between two questions for the token.</param>
public sealed record DeviceLoginResponse(
    string DeviceCode,
    string UserCode,
    string Url,
    string CompleteUrl,
    DateTimeOffset Expires,
    int Interval
);

/// <param name="Code">What the browser brought to the port, where there is one.</param>
public sealed record DeviceTokenRequest([property: JsonRequired] string DeviceCode, string? Code);

/// <param name="Address">Where the request came from.</param>
public sealed record DeviceLoginView(
    string UserCode,
    string Name,
    IReadOnlyList<string> Scopes,
    string Address,
    DateTimeOffset Created,
    DateTimeOffset Expires
);

public sealed record DeviceAnswerRequest([property: JsonRequired] bool Approve);

/// <param name="Redirect">Where the browser goes now: the program waits there.</param>
public sealed record DeviceAnswerResponse(string? Redirect);

public sealed record TokenResponse
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required DateTimeOffset Expires { get; init; }
    public DateTimeOffset? LastUsed { get; init; }
    public string? LastAddress { get; init; }

    /// <summary>The token itself: only in the answer that made it.</summary>
    public string? Token { get; init; }
}

public sealed record UserResponse
{
    public required string Id { get; init; }
    public required string Address { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }
    public required DateTimeOffset Created { get; init; }
    public DateTimeOffset? LastLogin { get; init; }
    public DateTimeOffset? Disabled { get; init; }
}

/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record UserPage(IReadOnlyList<UserResponse> Items, string? Next, long Total);

/// <summary>A person as others may see them who want to share something.</summary>
public sealed record KnownPerson(string Id, string Address, string Name);

public sealed record KnownPeople(IReadOnlyList<KnownPerson> Items, string? Next, int Total);

public sealed record UserRolesRequest([property: JsonRequired] IReadOnlyList<string> Roles);

public sealed record UserLinkRequest([property: JsonRequired] string Issuer, [property: JsonRequired] string Subject);

public sealed record LeavingItem(string Name, bool Ok, string Detail);

/// <param name="Results">What was taken back; what failed is tried again when this is called again.</param>
public sealed record DisabledResponse(UserResponse User, IReadOnlyList<LeavingItem> Results);
