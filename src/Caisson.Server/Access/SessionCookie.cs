namespace Caisson.Server.Access;

/// <summary>The cookie of a browser's session. <c>__Host-</c> binds it to this host and https; plain loopback can't have that.</summary>
internal static class SessionCookie
{
    private const string Secure = "__Host-caisson";
    private const string Plain = "caisson";

    internal static string? Read(HttpContext context) => context.Request.Cookies[Name(context)];

    internal static void Write(HttpContext context, string value, DateTimeOffset expires) =>
        context.Response.Cookies.Append(Name(context), value, Options(context, expires));

    internal static void Remove(HttpContext context) =>
        context.Response.Cookies.Append(Name(context), "", Options(context, DateTimeOffset.UnixEpoch));

    private static string Name(HttpContext context) => Caller.Of(context).Secure ? Secure : Plain;

    private static CookieOptions Options(HttpContext context, DateTimeOffset expires) =>
        new()
        {
            HttpOnly = true,
            Secure = Caller.Of(context).Secure,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            Expires = expires,
            IsEssential = true,
        };
}
