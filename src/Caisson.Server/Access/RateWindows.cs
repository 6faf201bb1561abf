namespace Caisson.Server.Access;

/// <summary>
/// Counts in fixed windows. The framework's limiters tell neither what is left until when, which the headers of an answer need, nor take a clock,
/// which tests need.
/// </summary>
internal sealed class RateWindows(TimeProvider time)
{
    private const int MostKeys = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTimeOffset Ends, int Used)> _windows = new(StringComparer.Ordinal);

    /// <summary>Counts one use of <paramref name="key"/>, or as many as it costs.</summary>
    internal RateAnswer Take(string key, int limit, TimeSpan length, int cost = 1)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (!_windows.TryGetValue(key, out var window) || window.Ends <= now)
            {
                if (_windows.Count >= MostKeys)
                    Sweep(now);
                window = (now + length, 0);
            }
            var allowed = window.Used <= limit - cost;
            if (allowed)
                window.Used += cost;
            _windows[key] = window;
            return new RateAnswer(allowed, limit, limit - window.Used, window.Ends - now);
        }
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var ended in _windows.Where(pair => pair.Value.Ends <= now).Select(pair => pair.Key).ToList())
            _windows.Remove(ended);
        // Still full: many addresses at once. Forgetting all is a minute of leniency, not of memory.
        if (_windows.Count >= MostKeys)
            _windows.Clear();
    }
}

/// <param name="Reset">Until the window ends.</param>
internal readonly record struct RateAnswer(bool Allowed, int Limit, int Remaining, TimeSpan Reset);
