using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>
/// Ends answers that fell silent. One timer looks at all of them now and then, so that a request costs two pointer writes and no timer of its own.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<Exchange> exchanges = [];
    private readonly TimeSpan limit;
    private readonly TimeProvider time;
    private readonly ITimer timer;

    public IdleWatch(TimeSpan limit, TimeProvider time)
    {
        this.limit = limit;
        this.time = time;
        var period = limit / 10;
        timer = time.CreateTimer(static state => ((IdleWatch)state!).Sweep(), this, period, period);
    }

    /// <summary>Watches an answer from its first byte on.</summary>
    public Exchange Start(HttpContext context)
    {
        var exchange = new Exchange(context, time);
        lock (gate)
            exchanges.Add(exchange);
        return exchange;
    }

    public void Stop(Exchange exchange)
    {
        lock (gate)
            exchanges.Remove(exchange);
    }

    public void Dispose() => timer.Dispose();

    private void Sweep()
    {
        List<Exchange> silent;
        lock (gate)
            silent = [.. exchanges.Where(e => e.Silence > limit)];
        foreach (var exchange in silent)
            exchange.End();
    }

    /// <summary>One answer under way.</summary>
    internal sealed class Exchange(HttpContext context, TimeProvider time)
    {
        private long last = time.GetTimestamp();

        /// <summary>Whether it was ended for its silence.</summary>
        public bool WasSilent { get; private set; }

        public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref last));

        public void Touch() => Volatile.Write(ref last, time.GetTimestamp());

        public void End()
        {
            WasSilent = true;
            context.Abort();
        }
    }
}
