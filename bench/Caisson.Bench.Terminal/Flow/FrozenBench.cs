using System.Diagnostics;
using System.Globalization;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>The echo of a key in a terminal that prints 16 MB at full speed, and how fast it prints, with nobody else there and beside a viewer that reads nothing.</summary>
internal static class FrozenBench
{
    private const int Runs = 20;
    private const int Printed = 16_000_000;

    internal static async Task RunAsync(CaissonPeer product)
    {
        var (alone, beside) = (new Figures(), new Figures());
        using (var ahead = new ClientAhead())
        {
            // In turn, so that what else the machine does falls on both.
            for (var run = 0; run < Runs; run++)
            {
                await RunOnceAsync(product, frozen: false, alone);
                await RunOnceAsync(product, frozen: true, beside);
                await product.ClearAsync();
            }
        }
        alone.Say("echo while 16 MB are printed");
        beside.Say("echo while 16 MB are printed, beside a frozen viewer");
    }

    private static async Task RunOnceAsync(CaissonPeer product, bool frozen, Figures figures)
    {
        // Digits alone are printed; the terminal echoes letters.
        var script = string.Create(
            CultureInfo.InvariantCulture,
            $"stty -icanon echo; printf 000; head -c 1 >/dev/null; yes 0123456789012345678901234567890123456789 | head -c {Printed}; exec sleep 1000"
        );
        var terminal = await product.CreateAsync(script);
        await using var view = await product.ViewAsync(terminal, "0");
        while (await view.ReadAsync() is var first && !view.Last[..first].Contains((byte)'0')) { }
        CaissonView? asleep = null;
        if (frozen)
        {
            asleep = await product.LocalViewAsync(terminal, "0");
            // It has seen the beginning and says nothing of it, as a tab that sleeps.
            await asleep.ReadAsync();
            await Task.Delay(600);
        }
        var random = new Random(7);
        await view.TypeAsync((byte)'a');
        var began = Stopwatch.GetTimestamp();
        var (received, key, sent, due) = (0L, 1, 0L, began);
        while (received < Printed)
        {
            if (sent == 0 && Stopwatch.GetTimestamp() >= due)
            {
                sent = Stopwatch.GetTimestamp();
                await view.TypeAsync((byte)('a' + (key % 26)));
            }
            var count = await view.ReadAsync();
            if (count == 0)
                throw new InvalidOperationException("it ended");
            received += count;
            if (sent != 0 && view.Last[..count].Contains((byte)('a' + (key % 26))))
            {
                figures.Times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                key++;
                (sent, due) = (0, Stopwatch.GetTimestamp() + (Stopwatch.Frequency * random.Next(5, 25) / 1000));
            }
        }
        figures.Speeds.Add(Printed / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds);
        if (asleep is not null)
            await asleep.DisposeAsync();
    }

    private sealed class Figures
    {
        internal List<double> Times { get; } = [];

        internal List<double> Speeds { get; } = [];

        internal void Say(string what) =>
            FlowBench.Say(
                "caisson",
                what,
                ("keys", Times.Count),
                ("p50_ms", FlowBench.Percentile(Times, 0.5)),
                ("p99_ms", FlowBench.Percentile(Times, 0.99)),
                ("worst_ms", Times.Max()),
                ("mb_per_second", FlowBench.Percentile(Speeds, 0.5))
            );
    }
}
