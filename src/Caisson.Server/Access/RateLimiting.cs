using System.Globalization;
using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>(6) Keeps one caller from using up the server. Each kind of credential counts apart, so a runaway script doesn't lock its owner's browser out.</summary>
internal sealed class RateLimiting(RequestDelegate next, AccessConfiguration configuration, RateWindows windows)
{
    private const int InputRequest = 256;

    // 64 KiB in base64, and the JSON around it.
    private const int LongestInput = 96 * 1024;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public Task InvokeAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (caller.OverSocket || !IsLimited(context.Request.Path))
            return next(context);
        var answer = Take(context, caller);
        var headers = context.Response.Headers;
        headers["X-RateLimit-Limit"] = answer.Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = answer.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = Seconds(answer);
        if (answer.Allowed)
            return next(context);
        headers.RetryAfter = Seconds(answer);
        return AccessAnswers.TooMany(answer).ExecuteAsync(context);
    }

    private RateAnswer Take(HttpContext context, Caller caller)
    {
        var who = caller.Subject is { } subject
            ? $"{(subject.Kind == SubjectKind.Person ? caller.Proof.ToString() : $"{subject.Kind}:{subject.SessionId}")}:{subject.UserId}"
            : $"address:{caller.Window}";
        var limits = configuration.Limits;
        var kind = context.WebSockets.IsWebSocketRequest ? "socket" : context.GetEndpoint()?.Metadata.GetMetadata<RateClass>()?.Name;
        switch (kind)
        {
            case "login":
                var minute = windows.Take($"login:{caller.Window}", limits.Login, Minute);
                // What the minute refuses is no try, so it does not count for the hour.
                if (!minute.Allowed)
                    return minute;
                var hour = windows.Take($"login-hour:{caller.Window}", limits.LoginHour, Hour);
                return hour.Allowed ? minute : hour;
            case "socket":
                return windows.Take($"socket:{who}", limits.Socket, Minute);
            case "lookup":
                return windows.Take($"lookup:{who}", limits.Lookup, Minute);
            case "upload":
                return windows.Take($"upload:{who}", limits.Upload, Minute);
            case "input":
                // What a request costs beside its bytes counts as some of them.
                var bytes = InputRequest + (int)Math.Min(context.Request.ContentLength ?? LongestInput, LongestInput);
                return windows.Take($"input:{who}", limits.InputBytes, Minute, bytes);
            default:
                return windows.Take($"api:{who}", limits.Api, Minute);
        }
    }

    /// <summary>Liveness and pages are not.</summary>
    private static bool IsLimited(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.Ordinal) || path.StartsWithSegments("/login/oidc", StringComparison.Ordinal);

    private static string Seconds(RateAnswer answer) => Math.Ceiling(answer.Reset.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
