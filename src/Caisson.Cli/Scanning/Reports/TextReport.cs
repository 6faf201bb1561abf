using System.Globalization;
using Caisson.Cli.Output;
using Caisson.Detection.Places;

namespace Caisson.Cli.Scanning.Reports;

/// <summary>For people: a line a finding, beginning with a place that editors understand; then in words what was scanned and what was not.</summary>
internal static class TextReport
{
    internal static void Print(IReadOnlyList<ScanFinding> findings)
    {
        foreach (var finding in findings)
            Console.Out.WriteLine(Line(finding));
    }

    internal static void Words(ScanReport report)
    {
        foreach (var reason in report.Skipped.GroupBy(note => note.Reason, StringComparer.Ordinal))
            Printer.Words(
                $"caisson: left out: {Count(reason.Count(), "path")}, {reason.Key}; the first is {Shown.Of(reason.First().Path)}"
            );
        foreach (
            var full in report.Findings.GroupBy(finding => (finding.Commit, finding.File)).Where(group => group.Count() >= LocatedScan.Most)
        )
            Printer.Words($"caisson: of {Shown.Of(full.Key.File)} no more than {LocatedScan.Most} findings are told");
        // Never left out: without them "no findings" would be a lie.
        foreach (var failure in report.Failures)
            Console.Error.WriteLine($"caisson: {Shown.Of(failure.Path)} couldn't be scanned: {failure.Reason}");
        if (!report.Complete)
            Console.Error.WriteLine(
                $"caisson: the scan failed: {Count(report.Failures.Count, "path")} couldn't be scanned, so what is in there is not known"
            );
        var scanned = report.Scanned;
        var commits = scanned.Commits > 0 ? $"{Count(scanned.Commits, "commit")}, " : "";
        Printer.Words(
            $"caisson: {Count(report.Findings.Count, "finding")} in {commits}{Count(scanned.Files, "file")}, {Size(scanned.Bytes)}"
        );
    }

    private static string Line(ScanFinding finding)
    {
        var commit = finding.Commit is null ? "" : $"{finding.Commit[..Math.Min(12, finding.Commit.Length)]} ";
        var packed = finding.Chain.Count == 0 ? "" : $" in {string.Join(" in ", finding.Chain.Reverse())}";
        return $"{commit}{Shown.Of(finding.File)}:{finding.Line}:{finding.Column}: {finding.Severity} {finding.Rule}: {finding.Description}: {finding.Preview}{packed}";
    }

    private static string Count(int count, string noun) =>
        $"{count.ToString("N0", CultureInfo.InvariantCulture)} {noun}{(count == 1 ? "" : "s")}";

    private static string Size(long bytes) =>
        bytes < 1 << 20
            ? $"{(bytes + 1023) >> 10} KiB"
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):F1} MiB");
}
