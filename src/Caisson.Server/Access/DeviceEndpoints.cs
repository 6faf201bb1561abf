using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Tokens;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Access;

/// <summary>Signing a command line in: it asks, a person approves in a browser, it fetches its token.</summary>
internal static class DeviceEndpoints
{
    private const int LongestState = 100;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Sign in");
        api.MapPost("/auth/devices", Begin)
            .Public()
            .LimitedAsLogin()
            .Is("beginDeviceLogin", "Begins the login of a command line; a person approves it in a browser")
            .Gives<DeviceLoginResponse>(201)
            .FailsWith("state_conflict");
        api.MapPost("/auth/devices/token", Token)
            .Public()
            .Is("fetchDeviceToken", "Fetches the token of a login that was approved, once")
            .Gives<TokenResponse>()
            .FailsWith("authorization_pending", "access_denied", "device_code_expired");
        api.MapGet("/auth/devices/{code}", Find)
            .Requires(Permission.SettingsOwn)
            .Is("findDeviceLogin", "Tells which machine waits to be signed in")
            .Gives<DeviceLoginView>();
        api.MapPost("/auth/devices/{code}", Answer)
            .Requires(Permission.SettingsOwn)
            .LimitedAsLogin()
            .Is("answerDeviceLogin", "Approves or refuses the login of a command line")
            .Gives<DeviceAnswerResponse>()
            .FailsWith("login_too_old");
    }

    private static IResult Begin(NewDeviceLogin request, HttpContext context, IdentityServices identity, AccessConfiguration configuration)
    {
        var errors = TokenEndpoints.Wrong(request.Name, request.Scopes ?? []).ToList();
        // Who is talked into approving what somebody else began loses their own rights at most, and not the server.
        if (request.Scopes?.Contains(TokenScopes.Admin) == true)
            errors.Add($"scopes: '{TokenScopes.Admin}' is not given to a command line; make such a token on the settings page.");
        if (request.Port is < 1 or > 65535)
            errors.Add("port: 1 to 65535 are expected.");
        if ((request.Port is null) != (request.State is null))
            errors.Add("state: it goes with port, and port with it.");
        if (request.State is { } state && (state.Length is 0 or > LongestState || !state.All(char.IsAsciiLetterOrDigit)))
            errors.Add($"state: 1 to {LongestState} letters and digits are expected.");
        if (errors.Count > 0)
            return Problems.Result(422, "invalid_request", "The login can't begin like this.", errors: errors);
        if (configuration.LinkBase is not { } address)
            return Problems.Result(409, "state_conflict", "The server has no address that a browser could open.", "Set server.listen.");
        var (login, device) = identity.Devices.Begin(
            request.Name,
            request.Scopes is { Count: > 0 } scopes ? scopes : TokenScopes.Default,
            Caller.Of(context).Source,
            // An address of the machine itself: nobody else gets what is sent there.
            request.Port
                is { } port
                ? $"http://127.0.0.1:{port}/?state={request.State}"
                : null
        );
        context.Audit("login.device_begun", "ok", login.UserCode, login.Name);
        return Results.Json(
            new DeviceLoginResponse(
                device,
                login.UserCode,
                $"{address}/device",
                $"{address}/device?code={login.UserCode}",
                login.Expires,
                (int)DeviceLogins.Interval.TotalSeconds
            ),
            AccessJson.Default.DeviceLoginResponse,
            statusCode: 201
        );
    }

    private static IResult Token(DeviceTokenRequest request, HttpContext context, IdentityServices identity)
    {
        var taken = identity.Devices.Take(request.DeviceCode, request.Code);
        switch (taken.Answer)
        {
            case DeviceAnswer.Pending:
                return Problems.Result(409, "authorization_pending", "Nobody has approved it yet.", "Ask again in five seconds.");
            case DeviceAnswer.Denied:
                return Problems.Result(403, "access_denied", "The login was refused in the browser.");
            case DeviceAnswer.Approved when identity.Users.Find(taken.Token!.UserId) is { Disabled: null }:
                context.Audit(
                    "token.created",
                    "ok",
                    taken.Token.Id,
                    "login of a command line",
                    after: string.Join(' ', taken.Token.Scopes),
                    actor: taken.Token.UserId
                );
                return Results.Json(TokenEndpoints.Response(taken.Token, taken.Text), AccessJson.Default.TokenResponse);
            default:
                if (taken.Token is { } unwanted)
                    identity.Tokens.Revoke(unwanted.Id, unwanted.UserId);
                return Problems.Result(
                    404,
                    "device_code_expired",
                    "There is no such login, or not any more: it lasts ten minutes and works once.",
                    "caisson auth login"
                );
        }
    }

    private static IResult Find(string code, IdentityServices identity) =>
        identity.Devices.Find(code) is { } login ? Results.Json(View(login), AccessJson.Default.DeviceLoginView) : AccessAnswers.NotFound();

    private static IResult Answer(
        string code,
        DeviceAnswerRequest request,
        HttpContext context,
        IdentityServices identity,
        TimeProvider time
    )
    {
        if (request.Approve && TokenEndpoints.MayMake(context, time) is { } refusal)
            return refusal;
        if (identity.Devices.Answer(code, context.Subject().UserId, request.Approve) is not var (login, redirect))
            return AccessAnswers.NotFound();
        context.Audit(
            request.Approve ? "login.device_approved" : "login.device_refused",
            "ok",
            login.UserCode,
            $"{login.Name}, from {login.Address}",
            after: string.Join(' ', login.Scopes)
        );
        return Results.Json(new DeviceAnswerResponse(redirect), AccessJson.Default.DeviceAnswerResponse);
    }

    private static DeviceLoginView View(DeviceLogin login) =>
        new(login.UserCode, login.Name, login.Scopes, login.Address, login.Created, login.Expires);
}
