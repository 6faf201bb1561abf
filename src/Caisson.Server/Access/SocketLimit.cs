namespace Caisson.Server.Access;

/// <summary>
/// (8) No more WebSockets at a time than <see cref="RateLimits.OpenSockets"/>. Kestrel's own limit throws inside of the upgrade, which could not be told
/// from a bug.
/// </summary>
internal sealed class SocketLimit(RequestDelegate next, AccessConfiguration configuration)
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    private int _open;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _open) > configuration.Limits.OpenSockets)
                await AccessAnswers.TooManySockets(context, configuration.Limits.OpenSockets, Later).ExecuteAsync(context);
            else
                await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
