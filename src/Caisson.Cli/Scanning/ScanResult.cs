namespace Caisson.Cli.Scanning;

/// <summary>What came of one file, or of one part of a commit.</summary>
/// <param name="Counted">False for a part of a file that was counted already.</param>
internal sealed record ScanResult(
    IReadOnlyList<ScanFinding> Findings,
    long Bytes = 0,
    ScanNote? Failure = null,
    ScanNote? Skipped = null,
    string? Commit = null,
    bool Counted = true
)
{
    internal static ScanResult Failed(string path, string reason) => new([], Failure: new ScanNote(path, reason), Counted: false);

    internal static ScanResult Left(string path, string reason) => new([], Skipped: new ScanNote(path, reason), Counted: false);
}
