namespace Caisson.Audit;

/// <summary>Where decision records go. Appending is ordered per sandbox; a denial is appended before its answer is sent.</summary>
public interface IDecisionLog
{
    /// <summary>Completes when the record is handed to the operating system. Throws <see cref="IOException"/> when it can't be kept.</summary>
    ValueTask AppendAsync(DecisionRecord record, CancellationToken cancellation);

    /// <summary>The newest denials of one sandbox, newest first; at most <paramref name="limit"/> (1 to 200).</summary>
    IReadOnlyList<DecisionRecord> RecentDenials(string sandbox, int limit);
}
