using System.Buffers;
using Caisson.Detection.Findings;

namespace Caisson.Detection.Places;

/// <summary>Scans a text of any length, piece by piece, and says line and column of each finding. Holds some ten thousand bytes of it at a time.</summary>
public static class LocatedScan
{
    /// <summary>How many findings of one text are told.</summary>
    public const int Most = 1000;

    // Narrowing where something packed stands takes some thirty scans of it, which a text that is nothing but findings would ask for a thousand times.
    private const int MostNarrowed = 100;

    private const int Piece = 64 * 1024;

    /// <summary>What is found, in the order of the text, and how many bytes it had.</summary>
    public static (IReadOnlyList<LocatedFinding> Findings, long Length) Scan(
        Scanner scanner,
        Stream content,
        CancellationToken cancellation = default
    )
    {
        var findings = new List<LocatedFinding>();
        return (findings, Scan(scanner, content, findings, cancellation));
    }

    /// <summary>Adds what is found to a list, so that it is there also when reading fails in the middle. Returns how many bytes there were.</summary>
    public static long Scan(Scanner scanner, Stream content, List<LocatedFinding> findings, CancellationToken cancellation = default)
    {
        // As much as the stream's scanner keeps: the finding that it tells may begin there.
        var most = Math.Max(StreamScanner.LeastKept, scanner.Longest);
        var buffer = ArrayPool<byte>.Shared.Rent(most + Piece);
        try
        {
            using var stream = new StreamScanner(scanner);
            var first = findings.Count;
            var (kept, at) = (0, TextPosition.Start);
            int read;
            while ((read = content.ReadAtLeast(buffer.AsSpan(kept, Piece), Piece, throwOnEndOfStream: false)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                var window = buffer.AsSpan(0, kept + read);
                var begin = stream.Position - kept;
                foreach (var found in stream.Scan(window[kept..]))
                {
                    if (findings.Count - first < Most)
                        Add(scanner, window, begin, at, found, findings, first);
                }
                var rest = Math.Min(most, window.Length);
                at = at.After(window[..^rest]);
                window[^rest..].CopyTo(buffer);
                kept = rest;
            }
            findings.Sort(
                first,
                findings.Count - first,
                Comparer<LocatedFinding>.Create((one, other) => one.Offset.CompareTo(other.Offset))
            );
            return stream.Position;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static void Add(
        Scanner scanner,
        ReadOnlySpan<byte> window,
        long begin,
        TextPosition at,
        StreamFinding found,
        List<LocatedFinding> findings,
        int first
    )
    {
        var start = (int)(found.Start - begin);
        var inWindow = found.Finding with { Start = start };
        var (from, length) =
            findings.Count - first < MostNarrowed && found.Finding.Kind != FindingKind.Bomb
                ? Redaction.Locate(scanner, window, inWindow)
                : (start, found.Finding.Length);
        var offset = begin + from;
        // A long packing is in two pieces, and what it holds may so be seen twice.
        for (var index = findings.Count - 1; index >= first; index--)
        {
            var other = findings[index];
            if (
                other.Finding.Rule == found.Finding.Rule
                && other.Finding.Fingerprint == found.Finding.Fingerprint
                && other.Offset < offset + length
                && offset < other.Offset + other.Length
            )
                return;
        }
        var place = at.After(window[..from]);
        findings.Add(new LocatedFinding(found.Finding, offset, length, place, place.After(window.Slice(from, length))));
    }
}
