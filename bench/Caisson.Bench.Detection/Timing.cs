using System.Diagnostics;

namespace Caisson.Bench.Detection;

internal static class Timing
{
    /// <summary>The best of many runs in seconds: what else runs on the machine only ever makes one slower.</summary>
    internal static double Best(Action action, double secondsInAll = 1.5, int warm = 30)
    {
        for (var round = 0; round < warm; round++)
            action();
        var best = double.MaxValue;
        var begun = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        } while (Stopwatch.GetElapsedTime(begun).TotalSeconds < secondsInAll);
        return best;
    }
}
