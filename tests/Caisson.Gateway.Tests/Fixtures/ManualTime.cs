namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>The system's clock, moved by hand. Timers run on real time.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan shift;

    public void Advance(TimeSpan by) => shift += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
