using System.Text;

namespace Caisson.Cli.Scanning.Reports;

/// <summary>As build servers read it: a test case a finding, which fails; one a path that couldn't be scanned, in error; and one that passes where all is well.</summary>
internal static class JUnitReport
{
    internal static string Of(ScanReport report)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        var isClean = report.Findings.Count == 0 && report.Complete;
        var cases = report.Findings.Count + report.Failures.Count + (isClean ? 1 : 0);
        var sums = $"tests=\"{cases}\" failures=\"{report.Findings.Count}\" errors=\"{report.Failures.Count}\"";
        text.Append($"<testsuites {sums}>\n<testsuite name=\"caisson scan\" {sums}>\n");
        foreach (var finding in report.Findings)
        {
            var place = $"{finding.File}:{finding.Line}:{finding.Column}{(finding.Commit is null ? "" : $" in {finding.Commit}")}";
            text.Append($"<testcase classname=\"{Escape(finding.File)}\" name=\"{Escape($"{finding.Rule} at {place}")}\">");
            text.Append($"<failure type=\"{Escape(finding.Rule)}\" message=\"{Escape($"{finding.Severity}: {finding.Description}")}\">");
            text.Append($"{Escape($"{place}: {finding.Preview} {string.Join(' ', finding.Chain)}".TrimEnd())}</failure></testcase>\n");
        }
        foreach (var failure in report.Failures)
            text.Append(
                $"<testcase classname=\"{Escape(failure.Path)}\" name=\"can be scanned\"><error type=\"scan_failed\" message=\"{Escape(failure.Reason)}\"/></testcase>\n"
            );
        if (isClean)
            text.Append("<testcase classname=\"caisson scan\" name=\"no secrets\"/>\n");
        return text.Append("</testsuite>\n</testsuites>").ToString();
    }

    // XML 1.0 has no way to write most control characters.
    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            text.Append(
                rune.Value switch
                {
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '&' => "&amp;",
                    '"' => "&quot;",
                    < 0x20 or 0xFFFE or 0xFFFF => "\uFFFD",
                    _ => rune.ToString(),
                }
            );
        }
        return text.ToString();
    }
}
