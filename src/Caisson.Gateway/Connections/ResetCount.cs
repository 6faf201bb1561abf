using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Connections;

/// <summary>
/// Streams of one HTTP/2 connection that were reset by the client ("rapid reset", CVE-2023-44487): work for us and nothing for it. At 200 within 10 s
/// the connection is told to go away and takes no further stream.
/// </summary>
internal sealed class ResetCount
{
    private const int Limit = 200;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long start;
    private int count;

    public void Add(HttpContext context, TimeProvider time)
    {
        lock (gate)
        {
            if (count == 0 || time.GetElapsedTime(start) > Window)
            {
                start = time.GetTimestamp();
                count = 0;
            }
            if (++count != Limit)
                return;
        }
        context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }
}
