using System.Text.Json.Serialization;

namespace Caisson.Cli.Scanning;

/// <summary>What <c>caisson scan</c> found, and what it couldn't look at.</summary>
/// <param name="Complete">False where something couldn't be read: then no findings don't mean that there are none.</param>
internal sealed record ScanReport(
    IReadOnlyList<ScanFinding> Findings,
    IReadOnlyList<ScanNote> Failures,
    IReadOnlyList<ScanNote> Skipped,
    ScanTotals Scanned,
    bool Complete
);

/// <param name="Commit">Which brought it; null outside a git range.</param>
/// <param name="File">As named on the command line and from there on; <c>a.zip!b</c> is b in a.zip.</param>
/// <param name="Line">From 1; with <paramref name="Column"/>, in characters from 1.</param>
/// <param name="EndColumn">Behind the last character.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Chain">What had to be opened to see it, outermost first.</param>
/// <param name="Preview">At most four characters of the value.</param>
/// <param name="Fingerprint">The same for the same value in one run, and of no use in another; null where there is no value.</param>
internal sealed record ScanFinding(
    string? Commit,
    string File,
    long Line,
    long Column,
    long EndLine,
    long EndColumn,
    string Rule,
    string Severity,
    string Description,
    IReadOnlyList<string> Chain,
    string Preview,
    string? Fingerprint
);

/// <summary>Something that wasn't looked at, and why.</summary>
internal sealed record ScanNote(string Path, string Reason);

/// <param name="Files">Of a git range: changed files, each counted with every commit that changed it.</param>
/// <param name="Bytes">What packed files hold is not counted.</param>
internal sealed record ScanTotals(int Files, long Bytes, int Commits);

[JsonSerializable(typeof(ScanReport))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class ScanJson : JsonSerializerContext;
