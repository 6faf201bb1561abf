using System.Text;
using System.Text.Json;
using Caisson.Cli.Connection;

namespace Caisson.Cli.Scanning.Reports;

/// <summary>SARIF 2.1.0 (OASIS), as code hosts and editors read it.</summary>
internal static class SarifReport
{
    internal static string Of(ScanReport report)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            Tool(json, report);
            json.WriteString("columnKind", "unicodeCodePoints");
            Invocation(json, report);
            json.WriteStartArray("results");
            foreach (var finding in report.Findings)
                Result(json, finding);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    private static void Tool(Utf8JsonWriter json, ScanReport report)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "caisson scan");
        json.WriteString("version", VersionDifference.Own.Version);
        json.WriteStartArray("rules");
        foreach (var rule in report.Findings.DistinctBy(finding => finding.Rule))
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Rule);
            Text(json, "shortDescription", rule.Description);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", Level(rule.Severity));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Invocation(Utf8JsonWriter json, ScanReport report)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", report.Complete);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var (note, level) in report.Failures.Select(note => (note, "error")).Concat(report.Skipped.Select(note => (note, "note"))))
        {
            json.WriteStartObject();
            json.WriteString("level", level);
            Text(json, "message", note.Reason);
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartObject("physicalLocation");
            Artifact(json, note.Path);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Result(Utf8JsonWriter json, ScanFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule);
        json.WriteString("level", Level(finding.Severity));
        Text(json, "message", $"{finding.Description}: {finding.Preview}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        Artifact(json, finding.File);
        json.WriteStartObject("region");
        json.WriteNumber("startLine", finding.Line);
        json.WriteNumber("startColumn", finding.Column);
        json.WriteNumber("endLine", finding.EndLine);
        json.WriteNumber("endColumn", finding.EndColumn);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("properties");
        json.WriteString("severity", finding.Severity);
        if (finding.Commit is not null)
            json.WriteString("commit", finding.Commit);
        json.WriteStartArray("chain");
        foreach (var coding in finding.Chain)
            json.WriteStringValue(coding);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    // A URI, in which a name's own signs are escaped.
    private static void Artifact(Utf8JsonWriter json, string path)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", path.StartsWith('/') ? $"file://{escaped}" : escaped);
        json.WriteEndObject();
    }

    private static string Level(string severity) =>
        severity switch
        {
            "critical" or "high" => "error",
            "medium" => "warning",
            _ => "note",
        };
}
