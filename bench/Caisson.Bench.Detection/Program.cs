using System.Diagnostics;
using System.Text;
using Caisson.Bench.Detection;
using Caisson.Detection.Known;
using Caisson.Detection.Search;

if (args is ["corpus", .. var folders])
{
    CorpusReport.Findings(folders);
    return;
}
if (args is ["keywords", .. var places])
{
    CorpusReport.Keywords(places);
    return;
}
var content = Encoding.UTF8.GetBytes(
    string.Concat(Directory.GetFiles(args[0], "*.cs", SearchOption.AllDirectories).Take(400).Select(File.ReadAllText))
)[..(1 << 20)];
var words = File.ReadAllLines(args[1]).Where(w => w.Length >= 4).Select(Encoding.ASCII.GetBytes).ToArray();
var index = new KeywordIndex(words);
var output = new byte[content.Length + 16];
var known = new KnownIndex([
    .. Enumerable
        .Range(0, 20)
        .Select(i => new KnownSecret(
            "a",
            KnownKind.Known,
            Encoding.ASCII.GetBytes(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([(byte)i])))[..40]
        )),
]);
void Time(string name, Action action)
{
    for (var i = 0; i < 60; i++)
        action();
    var best = double.MaxValue;
    for (var i = 0; i < 100; i++)
    {
        var t = Stopwatch.GetTimestamp();
        action();
        best = Math.Min(best, Stopwatch.GetElapsedTime(t).TotalSeconds);
    }
    Console.WriteLine($"{name}: {content.Length / best / 1e6:F0} MB/s");
}
var hits = 0;
Time(
    "keywords",
    () =>
    {
        var l = new PooledList<KeywordHit>();
        index.Find(content, ref l);
        hits = l.Count;
        l.Dispose();
    }
);
Console.WriteLine($"{words.Length} words, {hits} hits");
var n = 0;
Time("squeeze", () => n = Squeezed.Squeeze(content, output));
Time(
    "known",
    () =>
    {
        var l = new PooledList<KnownHit>();
        known.Find(output.AsSpan(0, n), ref l);
        hits = l.Count;
        l.Dispose();
    }
);
Console.WriteLine($"squeezed {n}, {hits}");
var big = Enumerable
    .Range(0, 1000)
    .Select(i => new KnownSecret(
        "a",
        KnownKind.Known,
        Encoding.ASCII.GetBytes(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i))))[..40]
    ))
    .ToArray();
for (var i = 0; i < 5; i++)
{
    var t = Stopwatch.GetTimestamp();
    var k = new KnownIndex(big);
    Console.WriteLine($"rebuild {Stopwatch.GetElapsedTime(t).TotalMilliseconds:F1} ms");
    known = k;
}
Time(
    "known 1000",
    () =>
    {
        var l = new PooledList<KnownHit>();
        known.Find(output.AsSpan(0, n), ref l);
        hits = l.Count;
        l.Dispose();
    }
);

var scanner = new Caisson.Detection.Scanner(
    Caisson.Detection.Rules.BuiltInRules.All,
    known,
    Caisson.Detection.Findings.Fingerprints.Ephemeral(),
    Caisson.Detection.ScanLimits.Default
);
foreach (var f in scanner.Scan(content))
    Console.WriteLine(f);
for (var depth = 0; depth < 5; depth++)
{
    var shallow = new Caisson.Detection.Scanner(
        Caisson.Detection.Rules.BuiltInRules.All,
        known,
        Caisson.Detection.Findings.Fingerprints.Ephemeral(),
        Caisson.Detection.ScanLimits.Default with
        {
            Depth = depth,
        }
    );
    Time($"depth {depth}", () => hits = shallow.Scan(content).Count);
}
Time("all", () => hits = scanner.Scan(content).Count);
var segs = 0;
var bytes = 0L;
Time(
    "segments",
    () =>
    {
        var l = new PooledList<Caisson.Detection.Decoding.Segment>();
        Caisson.Detection.Decoding.Segments.Find(content, ref l);
        segs = l.Count;
        bytes = 0;
        foreach (var s in l.Items)
            bytes += s.Length;
        l.Dispose();
    }
);
Console.WriteLine($"{segs} segments {bytes} bytes");
var garbage = System.Security.Cryptography.RandomNumberGenerator.GetBytes(70000);
{
    var l = new PooledList<Caisson.Detection.Decoding.Segment>();
    Caisson.Detection.Decoding.Segments.Find(garbage, ref l);
    foreach (var g in l.Items.ToArray().GroupBy(x => x.Coding))
        Console.WriteLine($"garbage {g.Key} {g.Count()} {g.Sum(x => x.Length)}");
}
foreach (
    var (name, find) in new (string, Finder)[]
    {
        ("runs", Caisson.Detection.Decoding.CodedRuns.Find),
        ("hex", Caisson.Detection.Decoding.SeparatedHex.Find),
        ("escapes", Caisson.Detection.Decoding.EscapedText.Find),
        ("qp", Caisson.Detection.Decoding.QuotedPrintableText.Find),
        ("wide", Caisson.Detection.Decoding.WideText.Find),
        ("separated", Caisson.Detection.Decoding.SeparatedText.Find),
        ("folded", Caisson.Detection.Decoding.FoldedText.Find),
    }
)
{
    Time(
        name,
        () =>
        {
            var l = new PooledList<Caisson.Detection.Decoding.Segment>();
            find(content, ref l);
            segs = l.Count;
            bytes = 0;
            foreach (var s in l.Items)
                bytes += s.Length;
            l.Dispose();
        }
    );
    Console.WriteLine($"   {segs} segments {bytes} bytes");
}
var small = content[5000..15240];
for (var depth = 0; depth < 5; depth++)
{
    var shallow = new Caisson.Detection.Scanner(
        Caisson.Detection.Rules.BuiltInRules.All,
        known,
        Caisson.Detection.Findings.Fingerprints.Ephemeral(),
        Caisson.Detection.ScanLimits.Default with
        {
            Depth = depth,
        }
    );
    for (var i = 0; i < 300; i++)
        shallow.Scan(small);
    var best = double.MaxValue;
    for (var i = 0; i < 300; i++)
    {
        var t = Stopwatch.GetTimestamp();
        shallow.Scan(small);
        best = Math.Min(best, Stopwatch.GetElapsedTime(t).TotalMicroseconds);
    }
    Console.WriteLine($"10 KiB depth {depth}: {best:F0} us");
}
delegate void Finder(ReadOnlySpan<byte> content, ref PooledList<Caisson.Detection.Decoding.Segment> segments);
