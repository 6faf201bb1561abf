using Caisson.Detection.Findings;

namespace Caisson.Gateway.Scanning;

/// <summary>What a refusal is about where several things were found: a decoy's value may look like a token as well, and then it is the decoy.</summary>
internal static class FindingWeight
{
    /// <summary>The gravest first; else in their order.</summary>
    public static IEnumerable<T> ByWeight<T>(this IReadOnlyList<T> findings, Func<T, Finding> finding) =>
        findings.Count < 2
            ? findings
            : findings.OrderBy(item =>
                finding(item).Kind switch
                {
                    FindingKind.Canary => 0,
                    FindingKind.Placeholder => 1,
                    FindingKind.Known => 2,
                    FindingKind.Bomb => 3,
                    _ => 4,
                }
            );
}
