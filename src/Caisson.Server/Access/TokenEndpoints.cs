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
        var subject = context.Subject();
        if (subject.Kind != SubjectKind.Person)
            return Problems.Result(403, "permission_denied", "A token can't make tokens.", "Sign in and make it there.");
        if (Caller.Of(context).Session is { } session && time.GetUtcNow() - session.Created > FreshLogin)
            return Problems.Result(403, "login_too_old", "Making a token needs a login that is younger than 10 minutes.", "Sign in again.");
        var scopes = request.Scopes is { Count: > 0 } given ? given : TokenScopes.Default;
        var errors = new List<string>();
        if (request.Name.Length is 0 or > 60 || request.Name.Any(char.IsControl))
            errors.Add("name: 1 to 60 characters without control characters are expected.");
        errors.AddRange(
            scopes
                .Where(scope => !TokenScopes.IsKnown(scope))
                .Select(scope => $"scopes: '{scope}' is none of {string.Join(", ", TokenScopes.All)}.")
        );
        if (request.Days is < 1 or > 365)
            errors.Add("days: 1 to 365 are expected.");
        if (errors.Count > 0)
            return Problems.Result(422, "invalid_request", "The token can't be made like this.", errors: errors);
        var lifetime = request.Days is { } days ? TimeSpan.FromDays(days) : TokenStore.DefaultLifetime;
        var (token, text) = identity.Tokens.Create(subject.UserId, request.Name, scopes, lifetime);
        context.Audit("token.created", "ok", token.Id, after: string.Join(' ', token.Scopes));
        return Results.Json(Response(token, text), AccessJson.Default.TokenResponse, statusCode: 201);
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

    private static TokenResponse Response(ApiToken token, string? text) =>
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
