namespace Caisson.Server.Tests.Access;

/// <summary>The real clock, which a test can move ahead: timers that would have fired by then fire at once.</summary>
internal sealed class LeapingTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<Timer> _timers = [];
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return System.GetUtcNow() + _ahead;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
            return System.GetElapsedTime(0).Ticks + _ahead.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state, dueTime, period);
        lock (_gate)
            _timers.Add(timer);
        return timer;
    }

    internal void Leap(TimeSpan by)
    {
        List<Timer> due;
        lock (_gate)
        {
            _ahead += by;
            due = [.. _timers.Where(timer => timer.Due != Timeout.InfiniteTimeSpan && timer.Due <= by)];
        }
        foreach (var timer in due)
            timer.Fire();
    }

    private sealed class Timer : ITimer
    {
        private readonly LeapingTime _time;
        private readonly ITimer _inner;
        private TimeSpan _period;

        internal Timer(LeapingTime time, TimerCallback callback, object? state, TimeSpan due, TimeSpan period)
        {
            (_time, Due, _period) = (time, due, period);
            _inner = System.CreateTimer(callback, state, due, period);
        }

        internal TimeSpan Due { get; private set; }

        internal void Fire() => _inner.Change(TimeSpan.Zero, _period);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (Due, _period) = (dueTime, period);
            return _inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (_time._gate)
                _time._timers.Remove(this);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
