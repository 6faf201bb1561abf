using System.Buffers;
using System.Diagnostics;
using Caisson.Terminals.Screen;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>Coming back to a terminal with 10,000 lines of history, until all of it is there, and whether it is right to the cell.</summary>
internal static class ReattachBench
{
    private const int Rounds = 100;

    // Coloured, with wide characters, and a screen that is not the end of the history.
    private const string Script =
        "stty -echo; for i in $(seq 1 10100); do printf '\\033[3%dm%d\\033[0m \\033[1mline\\033[22m of \\345\\276\\256 a listing with some more text on it\\n' $((i % 8)) $i; done; printf '\\033[5;10H\\033[7mhere\\033[m'; exec sleep 1000";

    internal static async Task RunAsync(CaissonPeer product)
    {
        var terminal = await product.CreateAsync(Script);
        var wanted = await ReferenceAsync(product, terminal);
        var (first, complete) = (new List<double>(), new List<double>());
        var (wrong, size) = (0, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await using var view = await product.LocalViewAsync(terminal, "\"snapshot\"");
            var screen = new ArrayBufferWriter<byte>();
            for (var done = false; !done; )
            {
                var frame = await view.FrameAsync();
                if (frame.Span[0] != 0x04)
                    continue;
                var (part, last) = (frame.Span[1], frame.Span[2] == 1);
                if (part == 0 && last)
                    first.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                if (part == 1)
                    screen.Write(frame.Span[11..]);
                done = part == 1 && last;
            }
            complete.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            size = screen.WrittenCount;
            var shown = new TerminalScreen(120, 40);
            shown.Write(screen.WrittenSpan);
            if (!Same(shown, wanted))
                wrong++;
        }
        FlowBench.Say(
            "caisson",
            "reattach with 10,000 lines",
            ("screen_p95_ms", FlowBench.Percentile(first, 0.95)),
            ("complete_p50_ms", FlowBench.Percentile(complete, 0.5)),
            ("complete_p95_ms", FlowBench.Percentile(complete, 0.95)),
            ("bytes", size),
            ("wrong", wrong)
        );
        await product.ClearAsync();
    }

    /// <summary>Somebody who never left.</summary>
    private static async Task<TerminalScreen> ReferenceAsync(CaissonPeer product, string terminal)
    {
        var screen = new TerminalScreen(120, 40);
        await using var view = await product.LocalViewAsync(terminal, "0");
        while (true)
        {
            await view.ReadAsync();
            screen.Write(view.Last);
            if (view.Last.IndexOf("here\e[m"u8) >= 0)
                return screen;
        }
    }

    private static bool Same(TerminalScreen one, TerminalScreen other)
    {
        var (left, right) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        Snapshot.Write(one, left, SnapshotPart.Full);
        Snapshot.Write(other, right, SnapshotPart.Full);
        return one.ScrollbackCount == 10_000 && left.WrittenSpan.SequenceEqual(right.WrittenSpan);
    }
}
