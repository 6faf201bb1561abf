using System.Text;
using Caisson.Detection.Findings;

namespace Caisson.Detection;

/// <summary>Takes findings out of a text.</summary>
public static class Redaction
{
    /// <summary>The text with <c>[caisson:RULE]</c> in place of each finding.</summary>
    /// <param name="scanner">That made the findings.</param>
    /// <param name="content">In which they are.</param>
    /// <param name="findings">In any order; they may overlap.</param>
    /// <param name="mark">Writes a rule's id as the text needs it, for example escaped.</param>
    public static byte[] Apply(Scanner scanner, ReadOnlySpan<byte> content, IReadOnlyList<Finding> findings, Func<string, string> mark)
    {
        var output = new List<byte>(content.Length);
        var position = 0;
        foreach (var (start, length, rule) in Ranges(scanner, content, findings))
        {
            // Two that overlap are one hole with the first one's name.
            if (start + length <= position)
                continue;
            output.AddRange(content[position..Math.Max(position, start)]);
            if (start >= position)
                output.AddRange(Encoding.UTF8.GetBytes(mark(rule)));
            position = start + length;
        }
        output.AddRange(content[position..]);
        return [.. output];
    }

    private static List<(int Start, int Length, string Rule)> Ranges(
        Scanner scanner,
        ReadOnlySpan<byte> content,
        IReadOnlyList<Finding> findings
    )
    {
        var ranges = new List<(int Start, int Length, string Rule)>();
        foreach (var finding in findings)
        {
            var (start, length) = Locate(scanner, content, finding);
            ranges.Add((start, length, finding.Rule));
        }
        return [.. ranges.OrderBy(range => range.Start)];
    }

    /// <summary>
    /// Where exactly a finding is. Of something packed the scan knows the whole packing and some text around it; what of that isn't needed to see the finding is
    /// left out here.
    /// </summary>
    public static (int Start, int Length) Locate(Scanner scanner, ReadOnlySpan<byte> content, Finding finding)
    {
        if (finding.Chain.Count == 0)
            return (finding.Start, finding.Length);
        var start = finding.Start;
        var end = finding.Start + finding.Length;
        for (var step = finding.Length / 2; step > 0; step /= 2)
        {
            if (start + step < end && IsIn(scanner, content[(start + step)..end], finding))
                start += step;
        }
        for (var step = (end - start) / 2; step > 0; step /= 2)
        {
            if (end - step > start && IsIn(scanner, content[start..(end - step)], finding))
                end -= step;
        }
        return (start, end - start);
    }

    private static bool IsIn(Scanner scanner, ReadOnlySpan<byte> content, Finding finding) =>
        scanner
            .Scan(content)
            .Any(other => other.Rule == finding.Rule && other.Fingerprint == finding.Fingerprint && other.Extent == finding.Extent);
}
