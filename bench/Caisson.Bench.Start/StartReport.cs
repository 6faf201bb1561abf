using System.Globalization;
using System.Text.Json;

namespace Caisson.Bench.Start;

/// <summary>What a start costs, beside bubblewrap alone and beside the sandbox that most agents' users know, in one run.</summary>
internal sealed class StartReport
{
    private const int Runs = 20;

    private readonly List<(string Name, double Value, string Unit)> _figures = [];

    internal static async Task<StartReport> MeasureAsync(string caisson, string srt, BenchServer server)
    {
        var report = new StartReport();
        string[] run = ["run", "--rm", "--", "true"];
        report.Add("bubblewrap alone", await Timing.RepeatAsync(Runs, "bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], null));
        report.Add("caisson run --rm -- true", await Timing.RepeatAsync(Runs, caisson, run, server.Home));
        report.Add("srt true", await Timing.RepeatAsync(Runs, srt, ["true"], null));
        foreach (var count in new[] { 10, 50 })
            report.Add($"caisson, {count} at once", await Timing.TogetherAsync(count, caisson, run, server.Home));

        // In the server: kept sandboxes keep their stage timings.
        for (var kept = 0; kept < Runs; kept++)
            await Timing.TogetherAsync(1, caisson, ["run", "--keep", "--name", "kept", "--", "true"], server.Home);
        var stages = await server.StagesAsync();
        // What is written down afterwards (record) comes after the program's start.
        report.Add(
            "in the server, create to first exec",
            [.. stages.Select(timings => timings.Where(stage => stage.Key != "record").Sum(stage => stage.Value))]
        );
        foreach (var stage in stages[0].Keys)
            report._figures.Add(($"  stage {stage}", Timing.Percentile([.. stages.Select(timings => timings[stage])], 0.5), "ms p50"));
        await report.MeasureMemoryAsync(caisson, server);
        return report;
    }

    internal void Print(bool json)
    {
        if (json)
        {
            var figures = _figures.Select(figure => new Dictionary<string, object>
            {
                ["name"] = figure.Name.Trim(),
                ["value"] = figure.Value,
                ["unit"] = figure.Unit,
            });
            Console.WriteLine(JsonSerializer.Serialize(figures));
            return;
        }
        foreach (var (name, value, unit) in _figures)
            Console.WriteLine($"{name, -44} {value.ToString("0.0", CultureInfo.InvariantCulture), 9} {unit}");
    }

    private void Add(string name, IReadOnlyList<double> times)
    {
        _figures.Add((name, Timing.Percentile(times, 0.5), "ms p50"));
        _figures.Add((name, Timing.Percentile(times, 0.9), "ms p90"));
        _figures.Add((name, Timing.Percentile(times, 0.99), "ms p99"));
    }

    /// <summary>Ten sandboxes that only sleep: resident memory of their PID 1 and of the process outside it.</summary>
    private async Task MeasureMemoryAsync(string caisson, BenchServer server)
    {
        const int count = 10;
        var sleepers = Enumerable
            .Range(0, count)
            .Select(_ => Timing.TogetherAsync(1, caisson, ["run", "--rm", "--name", "idle", "--", "sleep", "6"], server.Home))
            .ToList();
        await Task.Delay(TimeSpan.FromSeconds(4));
        var resident = Directory
            .EnumerateDirectories("/proc")
            .Select(directory => Path.Combine(directory, "cmdline"))
            .Where(file => Read(file).Contains("caisson-init\0pid1", StringComparison.Ordinal))
            .Select(file => Resident(Path.Combine(Path.GetDirectoryName(file)!, "status")))
            .ToList();
        _figures.Add(("idle sandbox, resident memory of PID 1", resident.Count == 0 ? 0 : resident.Average(), "MiB"));
        _figures.Add(("server, resident memory", Resident($"/proc/{ServerPid(server)}/status"), "MiB"));
        await Task.WhenAll(sleepers);
    }

    private static int ServerPid(BenchServer server) =>
        int.Parse(File.ReadAllText(Path.Combine(server.Home, "server.lock.pid")), CultureInfo.InvariantCulture);

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The process ended between the listing and the look.
            return "";
        }
    }

    private static double Resident(string status)
    {
        var line = Read(status).Split('\n').FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null
            ? 0
            : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
