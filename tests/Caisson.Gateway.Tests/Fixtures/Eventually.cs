using System.Diagnostics;

namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>For what another thread does after the last byte that a test can see.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(10);
            await Task.Yield();
        }
    }
}
