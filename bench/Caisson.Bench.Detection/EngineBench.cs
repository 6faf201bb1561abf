using System.Text;
using Caisson.Detection;
using Caisson.Detection.Decoding;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;
using Caisson.Detection.Search;

namespace Caisson.Bench.Detection;

/// <summary>Clean text through all detectors, on one core, and the steps of it one by one.</summary>
internal static class EngineBench
{
    private const int Size = 1 << 20;

    internal static IEnumerable<Figure> Run(string tree)
    {
        var scanner = Engine.With(20);
        var source = Source(tree);
        var json = Json();
        yield return Speed("clean source text, 1 MiB, all detectors", source, () => scanner.Scan(source), 500);
        yield return Speed("clean JSON, 1 MiB, all detectors", json, () => scanner.Scan(json), 500);
        var request = json[..10240];
        yield return new Figure("request of 10 KiB", Timing.Best(() => scanner.Scan(request), warm: 2000) * 1e6, "µs", 100);
        yield return new Figure("allocated by a clean request of 10 KiB", Allocated(scanner, request), "bytes", 0);
        var secrets = Engine.Secrets(1000);
        yield return new Figure("rebuild of 1,000 known values", Timing.Best(() => _ = new KnownIndex(secrets), 3, 5) * 1e3, "ms", 50);
        var many = Engine.With(1000);
        yield return Speed("clean source text, 1,000 known values", source, () => many.Scan(source), null);
        foreach (var step in Steps(source))
            yield return step;
    }

    private static IEnumerable<Figure> Steps(byte[] source)
    {
        yield return Speed("  keywords", source, () => Keywords(source), null);
        var squeezed = new byte[source.Length + Squeezed.Slack];
        yield return Speed("  squeezing", source, () => Squeezed.Squeeze(source, squeezed), null);
        foreach (
            var (name, find) in new (string, Finder)[]
            {
                ("coded runs", CodedRuns.Find),
                ("separated hexadecimal", SeparatedHex.Find),
                ("escapes", EscapedText.Find),
                ("quoted-printable", QuotedPrintableText.Find),
                ("UTF-16", WideText.Find),
                ("look-alikes", FoldedText.Find),
                ("separated text", SeparatedText.Find),
            }
        )
            yield return Speed("  " + name, source, () => Segments(source, find), null);
    }

    private static void Keywords(byte[] content)
    {
        var hits = new PooledList<KeywordHit>();
        BuiltInRules.All.Keywords.Find(content, ref hits);
        hits.Dispose();
    }

    private static void Segments(byte[] content, Finder find)
    {
        var segments = new PooledList<Segment>();
        find(content, ref segments);
        segments.Dispose();
    }

    private static Figure Speed(string what, byte[] content, Action action, double? goal) =>
        new(what, content.Length / Timing.Best(action) / 1e6, "MB/s", goal);

    private static double Allocated(Scanner scanner, byte[] request)
    {
        const int Rounds = 200;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
            scanner.Scan(request);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds;
    }

    private static byte[] Source(string tree)
    {
        var text = new MemoryStream();
        foreach (
            var file in Directory
                .EnumerateFiles(tree, "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
            text.Write(File.ReadAllBytes(file));
        // Repeated where the tree is smaller.
        var content = text.ToArray();
        return [.. Enumerable.Range(0, Size).Select(index => content[index % content.Length])];
    }

    // As an API's answers look: identifiers, dates, numbers, sentences.
    private static byte[] Json()
    {
        var random = new Random(7);
        var text = new StringBuilder("[");
        while (text.Length < Size)
        {
            var id = new byte[16];
            random.NextBytes(id);
            text.Append(
                $$"""
                {"id":"{{new Guid(id)}}","createdAt":"2026-0{{random.Next(1, 9)}}-1{{random.Next(10)}}T08:{{random.Next(10, 60)}}:00Z",
                 "count":{{random.Next()}},"state":"running","title":"Move the parser to its own file and test what it refuses",
                 "url":"https://api.example.org/v1/items/{{random.Next()}}?page=2","note":"He said \"no\" and\nwent on."},
                """
            );
        }
        return Encoding.UTF8.GetBytes(text.ToString(0, Size));
    }

    private delegate void Finder(ReadOnlySpan<byte> content, ref PooledList<Segment> segments);
}
