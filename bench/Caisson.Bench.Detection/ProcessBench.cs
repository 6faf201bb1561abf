using System.Diagnostics;

namespace Caisson.Bench.Detection;

/// <summary>A scanner as a whole process over the same folder: from its start to its end, and the processor's time that it took.</summary>
internal static class ProcessBench
{
    private const int Rounds = 3;

    internal static IEnumerable<Figure> Run(string name, string command)
    {
        var best = double.MaxValue;
        var code = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {command} >/dev/null 2>&1"]))!;
            process.WaitForExit();
            code = process.ExitCode;
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        // Scanners end with 1 where they found something, which is no fault here; secretlint's fault is 2, a shell's 126 and 127.
        yield return code is 0 or 1
            ? new Figure($"whole process: {name}", best, "s")
            : throw new InvalidOperationException($"{name} ended with {code}: {command}");
    }
}
