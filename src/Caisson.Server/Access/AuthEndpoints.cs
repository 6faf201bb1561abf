using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Oidc;
using Caisson.Identity.Sessions;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Access;

/// <summary>Signing in and out.</summary>
internal static class AuthEndpoints
{
    private const int LongestReason = 200;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Sign in");
        api.MapPost("/auth/link", UseLink)
            .Public()
            .LimitedAsLogin()
            .Is("useLink", "Signs a browser in with a login link")
            .GivesNothing()
            .FailsWith("link_invalid");
        api.MapPost("/auth/links", NewLink)
            .SignedIn()
            .Is("makeLink", "Makes a login link: over the Unix socket alone")
            .Gives<NewLinkResponse>()
            .FailsWith("socket_only", "state_conflict");
        api.MapPost("/auth/logout", LogoutAsync)
            .SignedIn()
            .Is("signOut", "Signs out; 200 says where the browser goes to sign out at the provider too")
            .GivesNothing()
            .Gives<LogoutResponse>();
        api.MapGet("/auth/providers", Providers)
            .Public()
            .Is("listProviders", "Lists the identity providers to sign in at")
            .Gives<IReadOnlyList<LoginProvider>>();
    }

    private static IResult UseLink(LinkRequest request, HttpContext context, IdentityServices identity, AccessConfiguration configuration)
    {
        var use = identity.Links.Use(
            request.Token,
            new SessionStart
            {
                UserId = "",
                Address = Caller.Of(context).Source,
                Agent = context.Request.Headers.UserAgent.ToString(),
            }
        );
        if (use is { Session: { } session, Cookie: { } cookie } && identity.Users.Find(session.UserId) is { Disabled: null } user)
        {
            EndPresentSession(context, identity);
            identity.Users.SignedIn(user.Id);
            context.Audit(
                session.Reason is null ? "login" : "login.admin_link",
                "ok",
                session.Id,
                session.Reason is null ? "login link" : $"admin link: {session.Reason}",
                actor: user.Id
            );
            SessionCookie.Write(context, cookie, session.Expires);
            return Results.NoContent();
        }
        if (use is { Session: { } unwanted })
            identity.Sessions.End(unwanted.Id, unwanted.UserId);
        if (use.FirstSession is { } first)
        {
            identity.Sessions.Notify(first, MeEndpoints.LinkReused);
            context.Audit(MeEndpoints.LinkReused, "refused", first, "a login link was used a second time", actingFor: use.UserId);
        }
        else
            context.Audit("login", "refused", reason: use.UserId is null ? "unknown link" : "expired link, or a disabled user");
        return Problems.Result(
            401,
            "link_invalid",
            "This link is not valid, or not any more: it works once, for ten minutes.",
            configuration.Auth.Mode == "local" ? "caisson auth link" : "Sign in at /login."
        );
    }

    private static IResult NewLink(
        NewLinkRequest request,
        HttpContext context,
        IdentityServices identity,
        AccessConfiguration configuration
    )
    {
        if (Caller.Of(context).Proof != Proof.Socket)
            return Problems.Result(
                403,
                "socket_only",
                "Login links are made on the server itself, over its Unix socket.",
                "caisson auth link"
            );
        if (request.Reason is { } given && (given.Trim().Length == 0 || given.Length > LongestReason))
            return Problems.Result(422, "invalid_request", "A reason has 1 to 200 characters.");
        if (request.Reason is null && configuration.Auth.Mode != "local")
            return Problems.Result(
                409,
                "state_conflict",
                $"In the mode {configuration.Auth.Mode} people sign in at {(configuration.Auth.Mode == "proxy" ? "the proxy" : "their provider")}.",
                "When that is down: caisson auth link --admin --reason TEXT"
            );
        if ((request.Reason is null ? configuration.LinkBase : configuration.AdminLinkBase) is not { } address)
            return Problems.Result(409, "state_conflict", "The server has no address that a browser could open.", "Set server.listen.");
        var user = configuration.Local;
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var token = identity.Links.New(user.Id, request.Reason);
        context.Audit(request.Reason is null ? "login.link_made" : "login.admin_link_made", "ok", user.Id, request.Reason);
        return Results.Json(new NewLinkResponse($"{address}/login#{token}", now + LoginLinks.Lifetime), AccessJson.Default.NewLinkResponse);
    }

    /// <summary>204; where the provider has a session of its own that it can end, 200 with the address to go to for that.</summary>
    private static async Task<IResult> LogoutAsync(
        HttpContext context,
        IdentityServices identity,
        OidcLogins logins,
        AccessConfiguration configuration
    )
    {
        var session = Caller.Of(context).Session;
        if (session is not null)
        {
            identity.Sessions.End(session.Id, session.UserId);
            context.Audit("logout", "ok", session.Id);
            identity.Revocations.Publish(session.UserId);
        }
        else if (
            context.Subject() is { Kind: SubjectKind.Token, SessionId: { } token } script
            && identity.Tokens.Revoke(token, script.UserId)
        )
        {
            context.Audit("token.revoked", "ok", token, "signed out");
            identity.Revocations.Publish(script.UserId);
        }
        SessionCookie.Remove(context);
        if (logins.ByIssuer(session?.Issuer) is not { } provider)
            return Results.NoContent();
        try
        {
            return await provider.EndSessionAsync($"{configuration.LinkBase}/login", context.RequestAborted) is { } address
                ? Results.Json(new LogoutResponse(address), AccessJson.Default.LogoutResponse)
                : Results.NoContent();
        }
        catch (OidcException)
        {
            // Signed out here; the provider is away, so there is nothing to go to.
            return Results.NoContent();
        }
    }

    private static IResult Providers(AccessConfiguration configuration) =>
        Results.Json(
            configuration.Auth.Mode == "oidc"
                ?
                [
                    .. configuration.Auth.Oidc.Select(provider => new LoginProvider(
                        provider.Name,
                        provider.Title,
                        $"/login/oidc/{provider.Name}"
                    )),
                ]
                : [],
            AccessJson.Default.IReadOnlyListLoginProvider
        );

    /// <summary>A login makes a new session and ends the one that the browser had, so that nobody can plant one.</summary>
    internal static void EndPresentSession(HttpContext context, IdentityServices identity)
    {
        if (SessionCookie.Read(context) is { Length: > 0 } old && identity.Sessions.Use(old, Caller.Of(context).Source) is var (session, _))
            identity.Sessions.End(session.Id, session.UserId);
    }
}
