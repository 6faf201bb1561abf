using Caisson.Audit;

namespace Caisson.Gateway.Scanning;

/// <summary>Findings as they are recorded.</summary>
internal static class FindingRecords
{
    private const int Most = 20;

    /// <summary>The first of them; null where there are none.</summary>
    public static IReadOnlyList<FindingRecord>? Of(IReadOnlyList<ScanHit> hits) =>
        hits.Count == 0
            ? null
            :
            [
                .. hits.Take(Most)
                    .Select(hit => new FindingRecord
                    {
                        Rule = hit.Finding.Rule,
                        Severity = hit.Finding.Severity.ToString().ToLowerInvariant(),
                        Surface = hit.Surface,
                        Start = hit.Start,
                        Length = hit.Finding.Length,
                        Chain = hit.Finding.Chain,
                        Preview = hit.Finding.Preview,
                        Fingerprint = hit.Finding.Fingerprint,
                        Action = hit.Action.Action.ToString().ToLowerInvariant(),
                        DecidedBy = hit.Action.DecidedBy,
                    }),
            ];
}
