using System.Text.Json;

namespace Caisson.Identity.Oidc;

/// <summary>
/// Whether a provider's token may be believed: ID tokens (OpenID Connect Core 3.1.3.7) and logout tokens (Back-Channel Logout 2.6). Pure: keys and
/// time come from the caller. Everything that is not exactly as expected is refused with its reason.
/// </summary>
internal static class TokenCheck
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    internal static readonly IReadOnlyList<string> Algorithms = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"];

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>A logout token is made for now, not for later.</summary>
    private static readonly TimeSpan LongestLogoutAge = TimeSpan.FromMinutes(5);

    /// <param name="nonce">Of the login; null for a token that a refresh brought, which may repeat the first one's.</param>
    internal static IdTokenResult IdToken(
        SignedToken token,
        IReadOnlyList<SigningKey> keys,
        OidcProviderOptions provider,
        string? nonce,
        DateTimeOffset now
    )
    {
        var problem = Common(token, keys, provider, now);
        var claims = token.Claims;
        var subject = SignedToken.Text(claims, "sub");
        problem ??= subject is null or { Length: 0 or > 255 } ? "sub: is missing or too long" : null;
        problem ??= nonce is not null && SignedToken.Text(claims, "nonce") != nonce ? "nonce: is not this login's" : null;
        problem ??=
            Time(claims, "iat") is not { } issued ? "iat: is missing"
            : issued > now + Skew ? "iat: is in the future"
            : null;
        return problem is null ? new IdTokenResult(subject, claims, null) : new IdTokenResult(null, default, problem);
    }

    internal static LogoutTokenResult LogoutToken(
        SignedToken token,
        IReadOnlyList<SigningKey> keys,
        OidcProviderOptions provider,
        DateTimeOffset now
    )
    {
        var problem = token.Type is null or "JWT" or "logout+jwt" ? Common(token, keys, provider, now) : "typ: is no logout token";
        var claims = token.Claims;
        var (subject, session, id) = (SignedToken.Text(claims, "sub"), SignedToken.Text(claims, "sid"), SignedToken.Text(claims, "jti"));
        problem ??=
            Time(claims, "iat") is not { } issued ? "iat: is missing"
            : issued > now + Skew || issued < now - LongestLogoutAge ? "iat: is not now"
            : null;
        problem ??= claims.TryGetProperty("nonce", out _) ? "nonce: must not be in a logout token" : null;
        problem ??= IsLogout(claims) ? null : "events: is no back-channel logout";
        problem ??= subject is null && session is null ? "sub and sid: are missing" : null;
        problem ??= id is null or "" ? "jti: is missing" : null;
        return problem is null ? new LogoutTokenResult(subject, session, id, null) : new LogoutTokenResult(null, null, null, problem);
    }

    private static string? Common(SignedToken token, IReadOnlyList<SigningKey> keys, OidcProviderOptions provider, DateTimeOffset now)
    {
        if (!Algorithms.Contains(token.Algorithm, StringComparer.Ordinal))
            return $"alg: {token.Algorithm} is not accepted";
        var candidates = keys.Where(key => token.KeyId is null || key.Id == token.KeyId).ToList();
        if (candidates.Count == 0)
            return "kid: is no key of this provider";
        // Without a kid there has to be one key only: else which one signed would be a guess.
        if (token.KeyId is null && candidates.Count > 1)
            return "kid: is missing";
        if (!candidates.Any(key => key.Verifies(token.Algorithm, token.Signed, token.Signature)))
            return "the signature is wrong";
        var claims = token.Claims;
        if (SignedToken.Text(claims, "iss") != provider.Issuer)
            return "iss: is not this provider";
        if (Audience(claims) is not { } audience || !audience.Contains(provider.ClientId, StringComparer.Ordinal))
            return "aud: is not this client";
        var party = SignedToken.Text(claims, "azp");
        if (claims.TryGetProperty("azp", out _) ? party != provider.ClientId : audience.Count > 1)
            return "azp: is not this client";
        if (Time(claims, "exp") is not { } expires)
            return "exp: is missing";
        if (expires <= now - Skew)
            return "exp: has passed";
        return claims.TryGetProperty("nbf", out _) && !(Time(claims, "nbf") <= now + Skew) ? "nbf: has not come" : null;
    }

    private static List<string>? Audience(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : null;
    }

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static bool IsLogout(JsonElement claims) =>
        claims.TryGetProperty("events", out var events)
        && events.ValueKind == JsonValueKind.Object
        && events.TryGetProperty(LogoutEvent, out var logout)
        && logout.ValueKind == JsonValueKind.Object;
}

/// <param name="Problem">Which claim was wrong, and how; null when the token is good.</param>
internal sealed record IdTokenResult(string? Subject, JsonElement Claims, string? Problem);

/// <param name="Id">Of the token: each is good once.</param>
public sealed record LogoutTokenResult(string? Subject, string? Session, string? Id, string? Problem);
