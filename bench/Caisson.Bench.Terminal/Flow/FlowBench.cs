using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>What a person feels: the echo of a key, also beside terminals that flood, and how fast much output arrives; then what only the product has.</summary>
internal static class FlowBench
{
    private const int Keys = 1000;
    private const int KeysBesideFloods = 600;
    private const int WarmKeys = 300;
    private const int Floods = 50;
    private const int Megabytes = 192;

    // The terminal itself echoes, so that no program has to be scheduled for it.
    private const string Echo = "stty -icanon echo; printf ready; exec cat >/dev/null";
    private const string Flood = "exec yes 'the quick brown fox jumps over the lazy dog, and then over another'";

    public static async Task<int> RunAsync(string caisson, string[] only)
    {
        bool Wanted(string what) => only.Length == 0 || only.Contains(what);
        IPeer[] peers = [await CaissonPeer.StartAsync(caisson, 18741), await TerminadoPeer.StartAsync(18742)];
        try
        {
            foreach (var peer in peers)
            {
                if (Wanted("echo"))
                    await EchoAsync(peer, floods: 0);
                if (Wanted("throughput"))
                    await ThroughputAsync(peer);
                if (Wanted("floods"))
                    await EchoAsync(peer, Floods);
            }
            var product = (CaissonPeer)peers[0];
            if (Wanted("reattach"))
                await ReattachBench.RunAsync(product);
            if (Wanted("frozen"))
                await FrozenBench.RunAsync(product);
            if (Wanted("viewers"))
                await ViewersBench.RunAsync(product);
        }
        finally
        {
            foreach (var peer in peers)
                await peer.DisposeAsync();
        }
        return 0;
    }

    internal static void Say(string name, string what, params (string Key, double Value)[] figures)
    {
        var line = new Dictionary<string, object> { ["name"] = name, ["measure"] = what };
        foreach (var (key, value) in figures)
            line[key] = Math.Round(value, 3);
        Console.WriteLine(JsonSerializer.Serialize(line));
    }

    internal static double Percentile(IReadOnlyList<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    private static async Task EchoAsync(IPeer peer, int floods)
    {
        await using (var view = await peer.OpenAsync(Echo))
        {
            await view.ReadAsync();
            for (var flood = 0; flood < floods; flood++)
                await peer.StartAsync(Flood);
            var random = new Random(7);
            var times = new List<double>();
            using var ahead = new ClientAhead();
            // A server runs for weeks, so what counts is how it is once what runs often was compiled.
            for (var key = 0; key < WarmKeys + (floods == 0 ? Keys : KeysBesideFloods); key++)
            {
                // As a person types: each key after a rest, and never in step with anything.
                await Task.Delay(random.Next(5, 25));
                var began = Stopwatch.GetTimestamp();
                await view.TypeAsync((byte)('a' + (key % 26)));
                await view.ReadAsync();
                if (key >= WarmKeys)
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            Say(
                peer.Name,
                floods == 0 ? "echo" : string.Create(CultureInfo.InvariantCulture, $"echo beside {floods} floods"),
                ("client_ahead", ahead.IsGranted ? 1 : 0),
                ("p50_ms", Percentile(times, 0.5)),
                ("p99_ms", Percentile(times, 0.99)),
                ("worst_ms", times.Max())
            );
        }
        await peer.ClearAsync();
    }

    private static async Task ThroughputAsync(IPeer peer)
    {
        var bytes = Megabytes * 1_000_000L;
        var script = string.Create(
            CultureInfo.InvariantCulture,
            $"stty raw -echo; printf ready; head -c 1 >/dev/null; yes 'the quick brown fox jumps over the lazy dog, and then over another' | head -c {bytes}; printf end; sleep 1000"
        );
        await using (var view = await peer.OpenAsync(script))
        {
            await view.ReadAsync();
            var began = Stopwatch.GetTimestamp();
            await view.TypeAsync((byte)'x');
            var received = 0L;
            while (received < bytes + 3)
                received += await view.ReadAsync() is > 0 and var count ? count : throw new InvalidOperationException("it ended");
            Say(peer.Name, "one terminal to one viewer", ("mb_per_second", received / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds));
        }
        await peer.ClearAsync();
    }
}
