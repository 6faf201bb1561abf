using System.Globalization;
using Caisson.Identity;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Access;

/// <summary>The refusals of the access layer. None tells whether something exists, or whose it is.</summary>
internal static class AccessAnswers
{
    /// <summary>One answer for no credential, a wrong one, an expired one and a disabled person.</summary>
    internal static IResult NotSignedIn(AccessConfiguration configuration) =>
        Problems.Result(
            401,
            "not_signed_in",
            "You are not signed in, or not any more.",
            configuration.Auth.Mode switch
            {
                "proxy" => "Sign in at the proxy, or send an API token: Authorization: Bearer csn_…",
                "oidc" => "Sign in at /login, or send an API token: Authorization: Bearer csn_…",
                _ => $"Open the link that `caisson auth link` prints, or: {configuration.Token.Fix}",
            }
        );

    /// <summary>The answer for what doesn't exist, and for what the caller may not know of.</summary>
    internal static IResult NotFound() => Problems.Result(404, "not_found", "There is nothing here with this id that you may see.");

    internal static IResult Forbidden(Permission permission, Verdict verdict) =>
        Problems.Result(
            403,
            "permission_denied",
            $"This needs the permission {permission.Name()}: {verdict.Reason}.",
            "Ask the owner of the workspace for a share, or an admin for a role."
        );

    internal static IResult ReasonRequired() =>
        Problems.Result(
            403,
            "reason_required",
            "This is somebody else's: an admin has to say why, and the owner can read it.",
            "Send the reason in the header X-Caisson-Reason."
        );

    internal static IResult BadOrigin() =>
        Problems.Result(
            403,
            "bad_origin",
            "This request does not come from Caisson's own pages.",
            "Set server.public_url to the address that people use."
        );

    internal static IResult WrongHost(AccessConfiguration configuration) =>
        Problems.Result(
            421,
            "host_mismatch",
            "This server does not answer to that host name.",
            configuration.Auth.PublicUrl is null
                ? "Use localhost, or set server.public_url to the address that people use."
                : "Use the address in server.public_url."
        );

    internal static IResult AmbiguousIdentity(string why) =>
        Problems.Result(
            400,
            "ambiguous_identity",
            $"The proxy's headers do not name one person: {why}.",
            "Look at the configuration of the proxy."
        );

    internal static IResult InvalidAddress(string header, string problem) =>
        Problems.Result(
            422,
            "invalid_email",
            $"The header {header} holds no address: {problem}.",
            "auth.proxy.usernames allows plain names."
        );

    internal static IResult TooMany(RateAnswer answer) =>
        Problems.Result(
            429,
            "rate_limited",
            $"There were more than {answer.Limit.ToString(CultureInfo.InvariantCulture)} requests of this kind.",
            $"Try again in {Math.Ceiling(answer.Reset.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s."
        );

    internal static IResult TooManySockets(HttpContext context, int limit, TimeSpan later)
    {
        var seconds = later.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return Problems.Result(
            429,
            "rate_limited",
            $"{limit.ToString(CultureInfo.InvariantCulture)} WebSockets are open; more are not allowed.",
            $"Try again in {seconds} s, or have the operator raise limits.connections."
        );
    }
}
