namespace Caisson.Server.Access;

/// <summary>
/// (5) Requests that change something, and every opening of a WebSocket, have to come from our own pages when the browser sends the proof of who it
/// is by itself: another page could make it do so. A token in a header is sent by nobody unasked.
/// </summary>
internal sealed class OriginCheck(RequestDelegate next, AccessConfiguration configuration)
{
    private readonly string? _public = configuration.Auth.PublicUrl?.GetLeftPart(UriPartial.Authority);

    public Task InvokeAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (!IsUnsafe(context.Request) || caller.Proof is Proof.Socket or Proof.Bearer)
            return next(context);
        return IsOurs(context, caller) ? next(context) : RefuseAsync(context);
    }

    private bool IsOurs(HttpContext context, Caller caller)
    {
        var origin = context.Request.Headers.Origin;
        if (origin.Count > 0)
            return origin.Count == 1 && (Same(origin.ToString(), _public) || IsLoopbackOfOurs(context, caller, origin.ToString()));
        var site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        // Nobody is signed in by nothing: then only a browser's own word that the page is foreign counts.
        return site == "same-origin" || (caller.Proof == Proof.None && site.Length == 0);
    }

    /// <summary>
    /// The page has to be of the very same host and port, and the host one that was checked; or loopback, where a trusted proxy's machine is also
    /// the one from which an admin gets in while the proxy is down.
    /// </summary>
    private static bool IsLoopbackOfOurs(HttpContext context, Caller caller, string origin) =>
        (!caller.ByTrustedProxy || context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]")
        && Same(origin, $"{(context.Request.IsHttps ? "https" : "http")}://{context.Request.Host}");

    private static bool Same(string origin, string? ours) => string.Equals(origin, ours, StringComparison.OrdinalIgnoreCase);

    private static bool IsUnsafe(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        || request.HttpContext.WebSockets.IsWebSocketRequest
        || string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context)
    {
        if (Caller.Of(context).Subject is not null)
            context.Audit("access.refused", "refused", reason: "bad_origin");
        return AccessAnswers.BadOrigin().ExecuteAsync(context);
    }
}
