using System.Globalization;
using System.Text;

namespace Caisson.Cli.Scanning.Reports;

/// <summary>RFC 4180. What couldn't be scanned is a row with the rule <c>scan_failed</c>.</summary>
internal static class CsvReport
{
    internal static string Of(ScanReport report)
    {
        var text = new StringBuilder("commit,file,line,column,severity,rule,description,chain,preview\r\n");
        foreach (var finding in report.Findings)
            Row(
                text,
                finding.Commit ?? "",
                finding.File,
                finding.Line.ToString(CultureInfo.InvariantCulture),
                finding.Column.ToString(CultureInfo.InvariantCulture),
                finding.Severity,
                finding.Rule,
                finding.Description,
                string.Join(' ', finding.Chain),
                finding.Preview
            );
        foreach (var failure in report.Failures)
            Row(text, "", failure.Path, "", "", "", "scan_failed", failure.Reason, "", "");
        return text.ToString();
    }

    private static void Row(StringBuilder text, params ReadOnlySpan<string> cells)
    {
        for (var index = 0; index < cells.Length; index++)
            text.Append(index == 0 ? "" : ",").Append(Cell(cells[index]));
        text.Append("\r\n");
    }

    // A spreadsheet calculates what begins like a formula, and a file may be called that.
    private static string Cell(string value)
    {
        var safe = value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
