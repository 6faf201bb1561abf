using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Tokens;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Access;

/// <summary>One's own API tokens.</summary>
internal static class TokenEndpoints
{
    private static readonly TimeSpan FreshLogin = TimeSpan.FromMinutes(10);

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Me");
        api.MapGet("/me/tokens", List)
            .Requires(Permission.SettingsOwn)
            .Is("listTokens", "Lists one's API tokens")
            .Gives<IReadOnlyList<TokenResponse>>();
        api.MapPost("/me/tokens", Create)
            .Requires(Permission.SettingsOwn)
            .Is("createToken", "Makes an API token; the answer alone shows it")
            .Gives<TokenResponse>(201)
            .FailsWith("login_too_old");
        api.MapDelete("/me/tokens/{id}", Revoke)
            .Requires(Permission.SettingsOwn)
            .Is("revokeToken", "Takes an API token back")
            .GivesNothing();
    }

    private static IResult List(HttpContext context, IdentityServices identity) =>
        Results.Json(
            [.. identity.Tokens.Of(context.Subject().UserId).Select(token => Response(token, null))],
            AccessJson.Default.IReadOnlyListTokenResponse
        );

    private static IResult Create(NewTokenRequest request, HttpContext context, IdentityServices identity, TimeProvider time)
    {
        if (MayMake(context, time) is { } refusal)
            return refusal;
        var scopes = request.Scopes is { Count: > 0 } given ? given : TokenScopes.Default;
        var errors = Wrong(request.Name, scopes).ToList();
        if (request.Days is < 1 or > 365)
            errors.Add("days: 1 to 365 are expected.");
        if (errors.Count > 0)
            return Problems.Result(422, "invalid_request", "The token can't be made like this.", errors: errors);
        var lifetime = request.Days is { } days ? TimeSpan.FromDays(days) : TokenStore.DefaultLifetime;
        var (token, text) = identity.Tokens.Create(context.Subject().UserId, request.Name, scopes, lifetime);
        context.Audit("token.created", "ok", token.Id, after: string.Join(' ', token.Scopes));
        return Results.Json(Response(token, text), AccessJson.Default.TokenResponse, statusCode: 201);
    }

    /// <summary>Null, or why this caller makes no token now.</summary>
    internal static IResult? MayMake(HttpContext context, TimeProvider time)
    {
        if (context.Subject().Kind != SubjectKind.Person)
            return Problems.Result(403, "permission_denied", "A token can't make tokens.", "Sign in and make it there.");
        return Caller.Of(context).Session is { } session && time.GetUtcNow() - session.Created > FreshLogin
            ? Problems.Result(403, "login_too_old", "Making a token needs a login that is younger than 10 minutes.", "Sign in again.")
            : null;
    }

    internal static IEnumerable<string> Wrong(string name, IReadOnlyList<string> scopes)
    {
        if (name.Length is 0 or > 60 || name.Any(char.IsControl))
            yield return "name: 1 to 60 characters without control characters are expected.";
        foreach (var scope in scopes.Where(scope => !TokenScopes.IsKnown(scope)))
            yield return $"scopes: '{scope}' is none of {string.Join(", ", TokenScopes.All)}.";
    }

    private static IResult Revoke(string id, HttpContext context, IdentityServices identity)
    {
        var user = context.Subject().UserId;
        if (!identity.Tokens.Revoke(id, user))
            return AccessAnswers.NotFound();
        context.Audit("token.revoked", "ok", id);
        identity.Revocations.Publish(user);
        return Results.NoContent();
    }

    internal static TokenResponse Response(ApiToken token, string? text) =>
        new()
        {
            Id = token.Id,
            Name = token.Name,
            Scopes = [.. token.Scopes.Order(StringComparer.Ordinal)],
            Created = token.Created,
            Expires = token.Expires,
            LastUsed = token.LastUsed,
            LastAddress = token.LastAddress,
            Token = text,
        };
}
