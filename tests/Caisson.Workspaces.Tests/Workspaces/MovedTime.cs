namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>The real clock, ahead by what a test says; timers are real.</summary>
internal sealed class MovedTime : TimeProvider
{
    private long _ahead;

    internal void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
}
