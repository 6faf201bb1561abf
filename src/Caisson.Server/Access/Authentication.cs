using System.Net;
using System.Security.Cryptography;
using System.Text;
using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>
/// (4) Who is it? In this order: the Unix socket (this user), a bearer token, what a trusted proxy says, a session's cookie. A bearer token that is
/// wrong leaves the request anonymous, whatever else it carries.
/// </summary>
internal sealed class Authentication(
    RequestDelegate next,
    AccessConfiguration configuration,
    IdentityServices identity,
    Subjects subjects,
    ProxyIdentity proxy
)
{
    private readonly byte[] _token = SHA256.HashData(configuration.Token.Value.RevealBytes());

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (caller.OverSocket)
            Prove(caller, Subjects.Person(configuration.Local, caller.Source), Proof.Socket);
        else if (context.Request.Headers.Authorization is { Count: > 0 } authorization)
            Prove(caller, Bearer(context, caller, authorization.ToString()), Proof.Bearer);
        else
        {
            var (subject, refusal) = proxy.Read(context);
            if (refusal is not null)
            {
                await refusal.ExecuteAsync(context);
                return;
            }
            Prove(caller, subject, Proof.ProxyHeader);
            if (subject is null)
                await CookieAsync(context, caller);
        }
        await next(context);
    }

    private Subject? Bearer(HttpContext context, Caller caller, string authorization)
    {
        if (!authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return null;
        var text = authorization["Bearer ".Length..].Trim();
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), _token))
            // This installation's own token is for programs on this machine, not for what a proxy brings in.
            return caller is { ByTrustedProxy: false, Peer: { } peer } && IPAddress.IsLoopback(peer)
                ? Subjects.Person(configuration.Local, caller.Source)
                : null;
        if (identity.Tokens.Use(text, caller.Source) is not var (token, newAddress))
            return null;
        if (newAddress)
            context.Audit("token.used", "ok", token.Id, "first use, or from another address than before", actor: token.UserId);
        return subjects.OfToken(token, caller.Source);
    }

    private async Task CookieAsync(HttpContext context, Caller caller)
    {
        if (
            SessionCookie.Read(context) is not { Length: > 0 } cookie
            || identity.Sessions.Use(cookie, caller.Source) is not var (session, renewed)
        )
            return;
        if (await subjects.OfSessionAsync(session, caller.Source, context.RequestAborted) is not { } subject)
            return;
        if (renewed is not null)
            SessionCookie.Write(context, renewed, session.Expires);
        caller.Session = session;
        Prove(caller, subject, Proof.Cookie);
    }

    private static void Prove(Caller caller, Subject? subject, Proof proof)
    {
        caller.Subject = subject;
        caller.Proof = subject is null ? Proof.None : proof;
    }
}
