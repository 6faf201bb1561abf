namespace Caisson.Gateway.Connections;

/// <summary>Cancels when nothing happened for a while. Touching it costs a clock read, no timer.</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly TimeSpan limit;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource source;
    private readonly ITimer timer;
    private long last;

    public IdleLimit(TimeSpan limit, TimeProvider time, CancellationToken outer)
    {
        this.limit = limit;
        this.time = time;
        source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        last = time.GetTimestamp();
        timer = time.CreateTimer(static state => ((IdleLimit)state!).Check(), this, limit, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => source.Token;

    public void Touch() => Volatile.Write(ref last, time.GetTimestamp());

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }

    private void Check()
    {
        var rest = limit - time.GetElapsedTime(Volatile.Read(ref last));
        if (rest > TimeSpan.Zero)
        {
            timer.Change(rest, Timeout.InfiniteTimeSpan);
            return;
        }
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection ended while the timer fired.
        }
    }
}
