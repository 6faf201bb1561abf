using System.Diagnostics;

namespace Caisson.Bench.Start;

/// <summary>Whole commands, timed from outside.</summary>
internal static class Timing
{
    /// <summary>Milliseconds of each run, after one that is not counted.</summary>
    internal static async Task<IReadOnlyList<double>> RepeatAsync(int runs, string program, IReadOnlyList<string> arguments, string? home)
    {
        await OnceAsync(program, arguments, home);
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
            times.Add(await OnceAsync(program, arguments, home));
        return times;
    }

    /// <summary>Milliseconds of each of <paramref name="count"/> runs that begin together.</summary>
    internal static async Task<IReadOnlyList<double>> TogetherAsync(
        int count,
        string program,
        IReadOnlyList<string> arguments,
        string? home
    ) => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => OnceAsync(program, arguments, home))));

    internal static double Percentile(IReadOnlyList<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    private static async Task<double> OnceAsync(string program, IReadOnlyList<string> arguments, string? home)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home ?? "/tmp",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (home is not null)
            start.Environment["CAISSON_HOME"] = home;
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return process.ExitCode == 0
            ? milliseconds
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await error}"
            );
    }
}
