using System.Diagnostics;
using System.Globalization;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;
using Caisson.Detection.Search;

namespace Caisson.Bench.Detection;

/// <summary>
/// <c>corpus FOLDER…</c>: what the built-in rules find in files in which there is nothing to find, by rule and per megabyte, each with its place. <c>keywords FOLDER…</c>: how often
/// each keyword is met, which is what rules cost.
/// </summary>
internal static class CorpusReport
{
    // Larger files are pictures and packages more often than text.
    private const int LargestFile = 4 << 20;

    internal static void Findings(IEnumerable<string> folders)
    {
        var scanner = new Scanner(BuiltInRules.All, KnownIndex.Empty, Fingerprints.Ephemeral(), ScanLimits.Default);
        var all = new List<(Finding Finding, string File)>();
        var bytes = 0L;
        var started = Stopwatch.GetTimestamp();
        foreach (var (file, content) in Files(folders))
        {
            bytes += content.Length;
            foreach (var finding in scanner.Scan(content))
            {
                all.Add((finding, file));
                var excerpt = content.AsSpan(finding.Start, Math.Min(finding.Length, 60));
                Write($"{finding.Rule, -32} {file}@{finding.Start} {string.Join('>', finding.Chain)} {Printable(excerpt)}");
            }
        }
        var megabytes = bytes / 1e6;
        Write(
            $"{megabytes:F1} MB in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, {all.Count} findings, {all.Count / megabytes * 10:F2} per 10 MB"
        );
        foreach (var group in all.GroupBy(item => item.Finding.Rule).OrderByDescending(group => group.Count()))
            Write($"  {group.Key, -32} {group.Count(), 6} in {group.Select(item => item.File).Distinct().Count()} files");
    }

    internal static void Keywords(IEnumerable<string> folders)
    {
        var keywords = BuiltInRules
            .All.All.SelectMany(rule => rule.Rule.Keywords)
            .Select(word => word.ToLowerInvariant())
            .Distinct()
            .ToList();
        var index = new KeywordIndex([.. keywords.Select(System.Text.Encoding.ASCII.GetBytes)]);
        var counts = new long[keywords.Count];
        var bytes = 0L;
        foreach (var (_, content) in Files(folders))
        {
            bytes += content.Length;
            var hits = new PooledList<KeywordHit>();
            index.Find(content, ref hits);
            foreach (var hit in hits.Items)
                counts[hit.Keyword]++;
            hits.Dispose();
        }
        Write($"{keywords.Count} keywords, {counts.Sum() / (bytes / 1048576.0):F0} hits per MiB in {bytes / 1e6:F1} MB");
        foreach (var (count, word) in counts.Zip(keywords).OrderByDescending(pair => pair.First).Take(40))
            Write($"  {word, -32} {count / (bytes / 1048576.0), 10:F2} per MiB");
    }

    private static IEnumerable<(string File, byte[] Content)> Files(IEnumerable<string> folders) =>
        folders
            .SelectMany(folder =>
                Directory.EnumerateFiles(
                    folder,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
            )
            .Where(file => new FileInfo(file).Length < LargestFile)
            .Select(file => (file, File.ReadAllBytes(file)));

    private static string Printable(ReadOnlySpan<byte> bytes) =>
        string.Concat(bytes.ToArray().Select(item => item is > 0x1F and < 0x7F ? (char)item : '.'));

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
