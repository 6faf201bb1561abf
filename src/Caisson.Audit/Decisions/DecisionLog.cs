using System.Collections.Concurrent;

namespace Caisson.Audit;

/// <summary>
/// The decision log on disk: one file of JSON lines a sandbox, only ever appended to. A record is with the operating system when
/// <see cref="AppendAsync"/> returns, so a crash of the server loses none.
/// </summary>
/// <param name="pathOf">Where the records of a sandbox go, by its id. The folder must exist and be closed to others.</param>
public sealed class DecisionLog(Func<string, string> pathOf) : IDecisionLog, IDisposable
{
    /// <summary>How many denials of a sandbox are kept in memory.</summary>
    public const int DenialsKept = 200;

    private readonly ConcurrentDictionary<string, SandboxDecisions> sandboxes = new(StringComparer.Ordinal);

    /// <summary>Is told of each record that was kept, on the thread that asked for it: only notes it.</summary>
    public Action<DecisionRecord>? Appended { get; set; }

    public ValueTask AppendAsync(DecisionRecord record, CancellationToken cancellation)
    {
        // A line goes to the page cache in microseconds; a queue and a second thread cost more than the call they would hide.
        Of(record.Sandbox).Append(record);
        Appended?.Invoke(record);
        return ValueTask.CompletedTask;
    }

    public IReadOnlyList<DecisionRecord> RecentDenials(string sandbox, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, DenialsKept);
        return Of(sandbox).RecentDenials(limit);
    }

    /// <summary>Closes the file of a sandbox that is gone. The file stays.</summary>
    public void Close(string sandbox)
    {
        if (sandboxes.TryRemove(sandbox, out var decisions))
            decisions.Dispose();
    }

    public void Dispose()
    {
        foreach (var sandbox in sandboxes.Keys)
            Close(sandbox);
    }

    private SandboxDecisions Of(string sandbox) => sandboxes.GetOrAdd(sandbox, id => new SandboxDecisions(pathOf(id)));
}
