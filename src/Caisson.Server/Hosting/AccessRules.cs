using System.Net;
using System.Security.Cryptography;
using System.Text;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Hosting;

/// <summary>
/// Who may speak to the API. On the Unix socket the file's mode is the check: only this user opens it. On TCP any local program and any web
/// page could knock, so there a bearer token is needed, and the host has to be the one listened on (against DNS rebinding).
/// </summary>
/// <param name="token">What is expected, and how a caller gets it.</param>
internal sealed class AccessRules(RequestDelegate next, AccessToken token)
{
    private readonly byte[] _expected = Encoding.UTF8.GetBytes($"Bearer {token.Value.Reveal()}");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.LocalIpAddress is null)
            return next(context);
        if (!IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out _) && context.Request.Host.Host != "localhost")
            return RefuseAsync(context, 421, "host_mismatch", "This server answers to its address or localhost only.", null);
        if (context.Request.Path == "/healthz")
            return next(context);
        var given = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
        return CryptographicOperations.FixedTimeEquals(given, _expected)
            ? next(context)
            : RefuseAsync(context, 401, "not_signed_in", "Requests over TCP need the bearer token of this installation.", token.Fix);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string detail, string? fix) =>
        Problems.Result(status, code, detail, fix).ExecuteAsync(context);
}
