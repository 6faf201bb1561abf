using Caisson.Audit;
using Caisson.Gateway.Connections;
using Caisson.Gateway.Scanning;
using Caisson.Policy.Decisions;
using Microsoft.Extensions.Logging;

namespace Caisson.Gateway.Refusals;

/// <summary>
/// Writes what was decided. When a record cannot be written nothing more passes until one can: the next request is denied, and its own record is
/// the try that opens the way again.
/// </summary>
internal sealed partial class DecisionRecorder(IDecisionLog log, TimeProvider time, ILogger<DecisionRecorder> logger)
{
    private const int LongestPath = 2048;

    /// <summary>Whether the last record of a sandbox could not be kept.</summary>
    public bool IsBroken(SandboxExit exit) => exit.IsLogBroken;

    /// <returns>Whether the record is kept.</returns>
    public async ValueTask<bool> TryRecordAsync(SandboxExit exit, DecisionRecord record)
    {
        try
        {
            await log.AppendAsync(record, CancellationToken.None);
            exit.IsLogBroken = false;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            exit.IsLogBroken = true;
            LogNotKept(e, record.Sandbox);
            return false;
        }
    }

    /// <summary>A record for a connection that carried no request that we could read.</summary>
    /// <returns>Its id.</returns>
    public string TryRecordConnection(
        ExitConnection flow,
        Decision decision,
        string protocol,
        RelayTotals? totals,
        IReadOnlyList<ScanHit>? hits = null
    )
    {
        var record = Record(DecisionId.New(), flow, decision, protocol) with
        {
            Findings = FindingRecords.Of(hits ?? []),
            RequestBytes = totals?.Sent ?? 0,
            ResponseBytes = totals?.Received ?? 0,
            DurationMilliseconds = totals?.Duration.TotalMilliseconds ?? 0,
        };
        var kept = TryRecordAsync(flow.Exit, record);
        if (!kept.IsCompletedSuccessfully)
            _ = kept.AsTask();
        return record.Id;
    }

    public DecisionRecord Record(string id, ExitConnection flow, Decision decision, string protocol) =>
        new()
        {
            Id = id,
            Time = time.GetUtcNow(),
            Sandbox = flow.Exit.SandboxId,
            ProcessId = flow.ProcessId,
            Executable = flow.Executable,
            ExecutableSha256 = flow.ExecutableSha256,
            Protocol = protocol,
            Host = flow.Host,
            Port = flow.Port,
            Verdict = decision.Verdict == Verdict.Allow ? DecisionRecord.Allowed : DecisionRecord.Denied,
            Reason = decision.Reason?.WireName(),
            Rule = decision.Rule,
            Route = decision.Route?.Host,
        };

    public static string Shorten(string path) => path.Length <= LongestPath ? path : path[..LongestPath];

    [LoggerMessage(
        20,
        LogLevel.Critical,
        "Sandbox {Sandbox}: its decision log cannot be written; requests are denied until it can be again."
    )]
    private partial void LogNotKept(Exception exception, string sandbox);
}
