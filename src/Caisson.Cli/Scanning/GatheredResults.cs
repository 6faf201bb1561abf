namespace Caisson.Cli.Scanning;

/// <summary>Adds results up.</summary>
/// <param name="print">Shows findings as they come; null where they are printed at the end.</param>
internal sealed class GatheredResults(Action<IReadOnlyList<ScanFinding>>? print)
{
    private readonly List<ScanFinding> findings = [];
    private readonly List<ScanNote> failures = [];
    private readonly List<ScanNote> skipped = [];
    private int files;
    private long bytes;

    internal int Commits { get; set; }

    internal void Add(ScanResult result)
    {
        findings.AddRange(result.Findings);
        if (result.Failure is { } failure)
            failures.Add(failure);
        if (result.Skipped is { } left)
            skipped.Add(left);
        files += result.Counted ? 1 : 0;
        bytes += result.Bytes;
        print?.Invoke(result.Findings);
    }

    internal ScanReport Report() => new(findings, failures, skipped, new ScanTotals(files, bytes, Commits), failures.Count == 0);
}
