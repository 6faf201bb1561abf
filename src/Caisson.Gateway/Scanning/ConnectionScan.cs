using System.Buffers;
using Caisson.Detection;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// Looks through what leaves on a connection that nobody can read, for known values, placeholders and decoys. What only looks like a secret isn't looked for:
/// in a protocol of its own that would mostly be chance.
/// </summary>
internal sealed class ConnectionScan(OutgoingScanner scanner, Decision decision, RequestFacts facts) : IDisposable
{
    private readonly StreamScanner? stream = scanner.Values is { } values ? new StreamScanner(values) : null;

    public List<ScanHit> Hits { get; } = [];

    /// <summary>Why the connection ends; null while nothing was found.</summary>
    public Decision? Refusal { get; private set; }

    /// <summary>Looks through what came, together with the end of what came before it.</summary>
    /// <exception cref="RefusedBodyException">It may not leave.</exception>
    public void Look(ReadOnlySequence<byte> bytes)
    {
        if (stream is null)
            return;
        foreach (var segment in bytes)
        {
            foreach (var found in stream.Scan(segment.Span).ByWeight(found => found.Finding))
                Judge(found);
        }
    }

    public void Dispose() => stream?.Dispose();

    private void Judge(StreamFinding found)
    {
        if (!scanner.Counts(found.Finding, decision, facts))
            return;
        var hit = new ScanHit(found.Finding, "connection", found.Start, MatchAction.Of(found.Finding, decision.Route));
        Hits.Add(hit);
        if (hit.Action.Action == DetectAction.Warn)
            return;
        Refusal = ScanRefusal.Of(hit, facts.Host) with { Route = decision.Route };
        throw new RefusedBodyException(Refusal);
    }
}
