using System.Collections.Concurrent;
using Caisson.Identity;
using Caisson.Identity.Oidc;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Access;

/// <summary>Signing in at an identity provider, and its word that somebody has signed out there.</summary>
internal sealed class OidcEndpoints(
    OidcLogins logins,
    IdentityServices identity,
    AccessConfiguration configuration,
    TimeProvider time,
    ILogger<OidcEndpoints> logger
)
{
    private const string StateCookie = "caisson-login";
    private static readonly TimeSpan TokenMemory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _logoutTokens = new(StringComparer.Ordinal);

    internal static void Map(IEndpointRouteBuilder root, RouteGroupBuilder api, IServiceProvider services)
    {
        var endpoints = services.GetRequiredService<OidcEndpoints>();
        root.MapGet("/login/oidc/{provider}", endpoints.BeginAsync)
            .Public()
            .LimitedAsLogin()
            .WithTags("Sign in")
            .Is("beginLogin", "Sends the browser to an identity provider")
            .GivesNothing(302)
            .FailsWith("provider_unavailable", "invalid_request");
        root.MapGet("/login/oidc/{provider}/callback", endpoints.FinishAsync)
            .Public()
            .LimitedAsLogin()
            .WithTags("Sign in")
            .Is("finishLogin", "Where a provider sends the browser back to")
            .GivesNothing(302)
            .FailsWith("login_refused", "identity_conflict", "provider_unavailable", "invalid_request");
        api.MapPost("/auth/backchannel/{provider}", endpoints.LogoutAsync)
            .Public()
            .WithTags("Sign in")
            .Is("backchannelLogout", "A provider's word that somebody has signed out there")
            .Takes("application/x-www-form-urlencoded", "object")
            .GivesNothing(200)
            .FailsWith("provider_unavailable");
    }

    private async Task<IResult> BeginAsync(string provider, string? next, HttpContext context)
    {
        if (logins.Find(provider) is not { } known)
            return AccessAnswers.NotFound();
        var attempt = identity.Attempts.Begin(provider, next);
        try
        {
            var address = await known.AuthorizationAsync(attempt, Redirect(provider), context.RequestAborted);
            context.Response.Cookies.Append(StateCookie, attempt.State, Cookie(context, TimeSpan.FromMinutes(10)));
            return Results.Redirect(address);
        }
        catch (OidcException exception)
        {
            return Unavailable(exception);
        }
    }

    private async Task<IResult> FinishAsync(string provider, string? code, string? state, string? error, HttpContext context)
    {
        if (logins.Find(provider) is not { } known)
            return AccessAnswers.NotFound();
        context.Response.Cookies.Append(StateCookie, "", Cookie(context, TimeSpan.Zero));
        if (state is null || context.Request.Cookies[StateCookie] != state || identity.Attempts.Take(provider, state) is not { } attempt)
            return Refused(context, "state: is not of a login that this browser began");
        if (error is not null || code is null)
            return Refused(context, $"the provider refused: {error ?? "no code"}");
        OidcLogin login;
        try
        {
            login = await known.LoginAsync(attempt, code, Redirect(provider), context.RequestAborted);
        }
        catch (OidcException exception)
        {
            context.Audit("login", "failed", reason: exception.Message);
            return Unavailable(exception);
        }
        return login.Person is { } person ? SignIn(context, known, attempt, person, login.RefreshToken) : Refused(context, login.Problem!);
    }

    private IResult SignIn(HttpContext context, OidcProvider provider, OidcAttempt attempt, OidcPerson person, string? refreshToken)
    {
        var issuer = provider.Options.Issuer;
        var roles = NewRoles.Of(configuration.Auth, person.Address);
        if (identity.Users.SignIn(issuer, person.Subject, person.Address, person.Name, roles) is not { } user)
        {
            context.Audit("login", "refused", reason: $"identity_conflict: {person.Address} is another subject's");
            return Problems.Result(
                403,
                "identity_conflict",
                "Somebody else has signed in with this address before.",
                "Ask an admin to link this login to that person."
            );
        }
        if (user.Disabled is not null)
            return Refused(context, "the user is disabled");
        AuthEndpoints.EndPresentSession(context, identity);
        var (session, cookie) = identity.Sessions.Start(
            new()
            {
                UserId = user.Id,
                Address = Caller.Of(context).Source,
                Agent = context.Request.Headers.UserAgent.ToString(),
                Issuer = issuer,
                Subject = person.Subject,
                ProviderSession = person.ProviderSession,
                Granted = person.Granted,
                RefreshBy = logins.RefreshBy(provider),
            }
        );
        logins.Hold(session.Id, refreshToken);
        identity.Users.SignedIn(user.Id);
        context.Audit(
            "login",
            "ok",
            session.Id,
            $"provider {provider.Options.Name}",
            actor: user.Id,
            after: person.Granted is { } granted ? string.Join(' ', granted) : null
        );
        SessionCookie.Write(context, cookie, session.Expires);
        return Results.LocalRedirect(attempt.Next);
    }

    /// <summary>OpenID Connect Back-Channel Logout 2.5: a form with one field; 200 when the sessions are over, 400 when the token is not believed.</summary>
    private async Task<IResult> LogoutAsync(string provider, HttpContext context)
    {
        if (logins.Find(provider) is not { } known)
            return AccessAnswers.NotFound();
        if (!context.Request.HasFormContentType)
            return Problems.Result(415, "unsupported_media_type", "A logout token comes in a form.");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            var token = await known.LogoutAsync(form["logout_token"].ToString(), context.RequestAborted);
            var problem = token.Problem ?? (Remember($"{provider} {token.Id}") ? null : "jti: was used before");
            if (problem is not null)
            {
                context.Audit("logout.provider", "refused", provider, problem);
                return Problems.Result(400, "invalid_request", "This is no logout token of that provider.");
            }
            foreach (var user in identity.Sessions.EndOf(known.Options.Issuer, token.Subject, token.Session))
            {
                context.Audit("logout.provider", "ok", provider, actor: user);
                identity.Revocations.Publish(user);
            }
            return Results.Ok();
        }
        catch (OidcException exception)
        {
            return Unavailable(exception);
        }
    }

    private bool Remember(string id)
    {
        var now = time.GetUtcNow();
        foreach (var old in _logoutTokens.Where(pair => now - pair.Value > TokenMemory).Select(pair => pair.Key).ToList())
            _logoutTokens.TryRemove(old, out _);
        return _logoutTokens.TryAdd(id, now);
    }

    /// <summary>Why is in the record of access: a stranger learns nothing from it.</summary>
    private static IResult Refused(HttpContext context, string why)
    {
        context.Audit("login", "refused", reason: why);
        return Problems.Result(
            401,
            "login_refused",
            "The login was not accepted.",
            "Sign in again at /login. An admin sees the reason in the record of access."
        );
    }

    private IResult Unavailable(OidcException exception)
    {
        // Its message names addresses and claims, never a secret.
        logger.LogProvider(exception.Message);
        return Problems.Result(
            502,
            "provider_unavailable",
            "The identity provider can't be reached, or does not answer as one.",
            "Try again. An operator can sign in with: caisson auth link --admin --reason TEXT"
        );
    }

    private string Redirect(string provider) => $"{configuration.LinkBase}/login/oidc/{provider}/callback";

    private static CookieOptions Cookie(HttpContext context, TimeSpan age) =>
        new()
        {
            HttpOnly = true,
            Secure = Caller.Of(context).Secure,
            SameSite = SameSiteMode.Lax,
            Path = "/login/oidc",
            MaxAge = age,
            IsEssential = true,
        };
}

internal static partial class OidcMessages
{
    [LoggerMessage(1, LogLevel.Warning, "An identity provider can't be used: {Message}")]
    internal static partial void LogProvider(this ILogger logger, string message);
}
