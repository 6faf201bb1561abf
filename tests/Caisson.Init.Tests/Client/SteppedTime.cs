namespace Caisson.Init.Tests.Client;

/// <summary>A clock that jumps to the end of each pause as soon as it begins. Timers of a second and more are limits, which such jumps may pass.</summary>
/// <param name="during">What the test does in a pause, given the number of pauses so far; null does nothing.</param>
internal sealed class SteppedTime(Func<int, Action?> during) : TimeProvider
{
    private readonly List<(double Due, TimerCallback Callback, object? State)> _limits = [];

    internal List<double> Pauses { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.FromSeconds(1))
        {
            _limits.Add((dueTime.TotalMilliseconds, callback, state));
            return new Stub();
        }

        Pauses.Add(dueTime.TotalMilliseconds);
        during(Pauses.Count)?.Invoke();
        var passed = _limits.FindAll(limit => limit.Due <= Pauses.Sum());
        _ = ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                passed.ForEach(static limit => limit.Callback(limit.State));
                callback(state);
            },
            null
        );
        return new Stub();
    }

    private sealed class Stub : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
