using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Caisson.Bench.Api;

/// <summary>
/// 500 requests a second whether or not earlier ones were answered: of ten, five lists of 50, four single workspaces, one stream of events to its first
/// byte. Beside that a new workspace each second. Times count from when a request was due, so that waiting for a busy machine counts.
/// </summary>
internal sealed class Load(ApiServer server, IReadOnlyList<string> workspaces)
{
    private const int Rate = 500;

    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> _times = new(StringComparer.Ordinal);
    private readonly HttpClient _client = server.Client();
    private readonly string _run = Convert.ToHexStringLower(BitConverter.GetBytes(Environment.ProcessId));
    private readonly ConcurrentBag<string> _made = [];
    private int _created;
    private int _failed;
    private double _processor;

    internal async Task RunAsync(TimeSpan length, bool measured)
    {
        var before = server.Processor;
        var clock = Stopwatch.StartNew();
        var sent = new List<Task>();
        for (var number = 0; clock.Elapsed < length; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / Rate);
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed);
            sent.Add(OneAsync(number, due, clock, measured));
            if (number % Rate == 0)
                sent.Add(CreateAsync(due, clock, measured));
        }
        await Task.WhenAll(sent);
        _processor = (server.Processor - before).TotalMilliseconds / sent.Count;
    }

    internal void Print(bool json)
    {
        var report = new JsonObject
        {
            ["benchmark"] = "api",
            ["workspaces"] = workspaces.Count,
            ["requests_per_second"] = Rate,
            ["processors_shared_with_the_load"] = Environment.ProcessorCount,
            ["failed"] = _failed,
            ["server_processor_ms_per_request"] = Math.Round(_processor, 2),
        };
        var all = _times.Where(pair => pair.Key != "create").SelectMany(pair => pair.Value).ToList();
        foreach (
            var (name, times) in _times
                .Select(pair => (pair.Key, pair.Value.ToList()))
                .Append(("all but create", all))
                .OrderBy(pair => pair.Item1, StringComparer.Ordinal)
        )
            report[name] = new JsonObject
            {
                ["count"] = times.Count,
                ["p50_ms"] = At(times, 0.5),
                ["p95_ms"] = At(times, 0.95),
                ["p99_ms"] = At(times, 0.99),
                ["most_ms"] = At(times, 1),
            };
        if (json)
        {
            Console.WriteLine(report.ToJsonString());
            return;
        }
        foreach (var (name, value) in report)
            Console.WriteLine($"{name, -32} {value?.ToJsonString()}");
    }

    private Task OneAsync(int number, TimeSpan due, Stopwatch clock, bool measured) =>
        (number % 10) switch
        {
            < 5 => TimeAsync("list", due, clock, measured, () => ReadAsync("workspaces?limit=50")),
            < 9 => TimeAsync("get", due, clock, measured, () => ReadAsync($"workspaces/{workspaces[number * 7 % workspaces.Count]}")),
            _ => TimeAsync("events", due, clock, measured, FirstEventAsync),
        };

    private Task CreateAsync(TimeSpan due, Stopwatch clock, bool measured) =>
        TimeAsync(
            "create",
            due,
            clock,
            measured,
            async () =>
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"new-{_run}-{Interlocked.Increment(ref _created)}");
                using var body = new StringContent($$"""{"template":"default","name":"{{name}}"}""", Encoding.UTF8, "application/json");
                using var response = await _client.PostAsync("workspaces", body);
                response.EnsureSuccessStatusCode();
                var made = JsonNode.Parse(await response.Content.ReadAsStringAsync());
                _made.Add((string)made!["workspace"]!["id"]!);
            }
        );

    /// <summary>What was made runs: its sandboxes would go on after the server.</summary>
    internal async Task DeleteMadeAsync()
    {
        foreach (var id in _made)
        {
            using var response = await _client.DeleteAsync($"workspaces/{id}");
            response.EnsureSuccessStatusCode();
            var job = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["job"]!["id"];
            for (var state = "queued"; state is "queued" or "running"; )
            {
                await Task.Delay(20);
                state = (string)JsonNode.Parse(await _client.GetStringAsync($"jobs/{job}"))!["state"]!;
            }
        }
    }

    private async Task ReadAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        response.EnsureSuccessStatusCode();
    }

    private async Task FirstEventAsync()
    {
        using var response = await _client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[1]);
    }

    private async Task TimeAsync(string name, TimeSpan due, Stopwatch clock, bool measured, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (HttpRequestException exception)
        {
            Interlocked.Increment(ref _failed);
            Console.Error.WriteLine(exception.Message);
            return;
        }
        if (measured)
            _times.GetOrAdd(name, _ => []).Add((clock.Elapsed - due).TotalMilliseconds);
    }

    private static double At(List<double> times, double part)
    {
        if (times.Count == 0)
            return 0;
        times.Sort();
        return Math.Round(times[Math.Min(times.Count - 1, (int)(part * times.Count))], 1);
    }
}
