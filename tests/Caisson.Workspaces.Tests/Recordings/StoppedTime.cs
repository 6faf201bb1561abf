namespace Caisson.Workspaces.Tests.Recordings;

/// <summary>A clock that a test sets, whose timers run when it says so.</summary>
internal sealed class StoppedTime : TimeProvider
{
    private readonly List<Timer> timers = [];

    internal DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state);
        timers.Add(timer);
        return timer;
    }

    /// <summary>Runs every timer once.</summary>
    internal void Tick()
    {
        foreach (var timer in timers)
            timer.Run();
    }

    private sealed class Timer(TimerCallback callback, object? state) : ITimer
    {
        internal void Run() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
