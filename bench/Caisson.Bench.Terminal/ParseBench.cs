using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Caisson.Terminals.Screen;

namespace Caisson.Bench.Terminal;

/// <summary>How fast the screen model takes output, on three streams that are made here and are the same each time.</summary>
internal static class ParseBench
{
    private const int Chunk = 64 * 1024;

    public static int Run(string[] arguments)
    {
        var megabytes = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 64;
        var folder = arguments.Length > 1 ? arguments[1] : null;
        foreach (var (name, unit) in Streams.All)
        {
            var data = Streams.Repeat(unit, 4 << 20);
            if (folder is not null)
                File.WriteAllBytes(Path.Combine(folder, name + ".bin"), data);
            var screen = new TerminalScreen(120, 40);
            // Until the history is full, nothing is steady.
            for (var i = 0; i < 2; i++)
                Feed(screen, data);
            var best = 0.0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var rounds = Math.Max(3, megabytes * (1 << 20) / data.Length);
            for (var round = 0; round < rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                Feed(screen, data);
                best = Math.Max(best, data.Length / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"name":"caisson","stream":"{{name}}","mb_per_second":{{best:F1}},"allocated_bytes_per_mb":{{allocated / (rounds * data.Length / 1e6):F1}}}"""
                )
            );
        }
        Reattach();
        return 0;
    }

    /// <summary>What somebody who attaches waits for, and what a restart costs: 10,000 lines of a listing and a screen.</summary>
    private static void Reattach()
    {
        var screen = new TerminalScreen(120, 40);
        Feed(screen, Streams.Repeat(Streams.All.First().Unit, 4 << 20));
        var part = Measure(output => Snapshot.Write(screen, output, SnapshotPart.Screen));
        Say("snapshot of the screen", part);
        var full = Measure(output => Snapshot.Write(screen, output, SnapshotPart.Full));
        Say($"snapshot with {screen.ScrollbackCount} lines of history", full);
        var saved = Measure(output => Checkpoint.Save(screen, output));
        Say("checkpoint", saved);
    }

    private static (double Milliseconds, int Bytes) Measure(Action<ArrayBufferWriter<byte>> write)
    {
        var (best, bytes) = (double.MaxValue, 0);
        for (var round = 0; round < 10; round++)
        {
            var output = new ArrayBufferWriter<byte>();
            var started = Stopwatch.GetTimestamp();
            write(output);
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            bytes = output.WrittenCount;
        }
        return (best, bytes);
    }

    private static void Say(string what, (double Milliseconds, int Bytes) cost) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"name":"{{what}}","milliseconds":{{cost.Milliseconds:F2}},"bytes":{{cost.Bytes}}}"""
            )
        );

    private static void Feed(TerminalScreen screen, byte[] data)
    {
        for (var at = 0; at < data.Length; at += Chunk)
            screen.Write(data.AsSpan(at, Math.Min(Chunk, data.Length - at)));
    }
}
