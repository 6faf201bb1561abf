using System.Collections.Concurrent;
using System.Security.Cryptography;
using Caisson.Audit;
using Caisson.Credentials.Masking;
using Caisson.Identity;
using Caisson.Identity.Audit;
using Caisson.Sandboxes;
using Caisson.Workspaces.Terminals;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Recordings;

/// <summary>All recordings of this installation: makes and finds them, puts marks into those that run, anchors them in the record of access, and deletes what is old.</summary>
public sealed partial class RecordingService : IAsyncDisposable
{
    private static readonly TimeSpan s_write = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_anchor = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, RecordingInfo> _ended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Recorder> _running = new(StringComparer.Ordinal);
    private readonly RecordingStore _store;
    private readonly RecordingKeys _keys;
    private readonly RecordingLimits _limits;
    private readonly AccessLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger<RecordingService> _logger;
    private readonly ITimer _writer;
    private readonly ITimer _keeper;

    internal RecordingService(
        string directory,
        SealingKey sealing,
        AccessLog log,
        RecordingLimits limits,
        TimeProvider time,
        ILogger<RecordingService> logger
    )
    {
        _store = new RecordingStore(directory);
        _keys = new RecordingKeys(directory, sealing);
        (_log, _limits, _time, _logger) = (log, limits, time, logger);
        foreach (var info in _store.All())
            _ended[info.Id] = info;
        _writer = time.CreateTimer(_ => Each(recorder => recorder.Flush()), null, s_write, s_write);
        _keeper = time.CreateTimer(_ => Keep(), null, s_anchor, s_anchor);
    }

    /// <summary>Begins one. Nothing of the terminal may be lost after this.</summary>
    /// <exception cref="SandboxException"><c>recording_unavailable</c>: it can't be made.</exception>
    internal Recorder Begin(TerminalPlace place, TerminalRecord terminal) =>
        Begin(
            new RecordingInfo
            {
                Id = Identifier.New('r'),
                Workspace = place.Workspace,
                Owner = place.OwnerId,
                Sandbox = place.Sandbox!.Id,
                Terminal = terminal.Id,
                Label = terminal.Label,
                Mode = place.Recording,
                Started = _time.GetUtcNow(),
                Columns = terminal.Columns,
                Rows = terminal.Rows,
            },
            place.Secrets,
            place.RecordInput
        );

    internal Recorder Begin(RecordingInfo info, Func<KnownSecretMask> secrets, bool recordsInput)
    {
        try
        {
            _store.Write(info);
            var recorder = new Recorder(
                info,
                _store.Create(info),
                _keys.Of(info.Workspace),
                (RecordingChain.Begin(info.Id), 0, 0, default),
                secrets,
                _limits,
                _time
            )
            {
                RecordsInput = recordsInput,
            };
            _running[info.Id] = recorder;
            Audit("recording.started", info, after: recorder.Chain.ToString());
            return recorder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SandboxException(
                "recording_unavailable",
                $"The terminal can't be recorded: {exception.Message}",
                "Its policy says that terminals are recorded. Free space, or have the operator look at the recordings' directory."
            );
        }
    }

    /// <summary>Goes on with one that an earlier server left, or null when that can't be.</summary>
    internal Recorder? Resume(string id, TerminalPlace place)
    {
        if (!_ended.TryGetValue(id, out var info) || info.Ended is not null)
            return null;
        try
        {
            var key = _keys.Of(info.Workspace);
            var (offset, last) = (0L, TimeSpan.Zero);
            using var reader = new RecordingReader(info, _store.FileOf(info));
            while (reader.Next(key) is { } piece)
                (offset, last) = (piece.Offset, piece.Events is [.., var final] ? final.Time : last);
            var recorder = new Recorder(
                info,
                _store.Open(info),
                key,
                (reader.Chain, reader.Position, offset, last),
                place.Secrets,
                _limits,
                _time
            )
            {
                RecordsInput = place.RecordInput,
            };
            _running[id] = recorder;
            _ended.TryRemove(id, out _);
            return recorder;
        }
        catch (Exception exception) when (exception is IOException or CryptographicException)
        {
            LogUnreadable(exception, id);
            return null;
        }
    }

    /// <summary>What no terminal goes on with has ended with the server that wrote it.</summary>
    internal void EndOthers()
    {
        foreach (var info in _ended.Values.Where(info => info.Ended is null))
        {
            var (bytes, last) = (0L, TimeSpan.Zero);
            try
            {
                var key = _keys.Of(info.Workspace);
                using var reader = new RecordingReader(info, _store.FileOf(info));
                while (reader.Next(key) is { } piece)
                    last = piece.Events is [.., var final] ? final.Time : last;
                bytes = reader.Position;
            }
            catch (Exception exception) when (exception is IOException or CryptographicException)
            {
                LogUnreadable(exception, info.Id);
            }
            var ended = info with
            {
                Ended = info.Started + last,
                Duration = last,
                Bytes = bytes,
                EndReason = "its terminal was gone when the server came back",
            };
            _store.Write(ended);
            _ended[info.Id] = ended;
        }
    }

    /// <summary>The terminal has ended, or its recording has: what is written stays.</summary>
    internal void Close(Recorder recorder)
    {
        var info = recorder.Info;
        recorder.Dispose();
        if (!_running.TryRemove(info.Id, out _))
            return;
        _ended[info.Id] = info;
        try
        {
            _store.Write(info);
            Audit("recording.sealed", info, after: recorder.Chain.ToString());
        }
        catch (IOException exception)
        {
            LogUnreadable(exception, info.Id);
        }
    }

    /// <summary>Lets go of one whose terminal lives on.</summary>
    internal void Leave(Recorder recorder)
    {
        recorder.Dispose();
        var info = recorder.Info;
        if (_running.TryRemove(info.Id, out _))
            _ended[info.Id] = info;
    }

    /// <summary>A decision about a sandbox's request becomes a mark in all of its terminals' recordings.</summary>
    public void Mark(DecisionRecord decision)
    {
        var kind =
            decision.Verdict != DecisionRecord.Allowed ? "deny"
            : decision.Path.EndsWith("/git-receive-pack", StringComparison.Ordinal) ? "push"
            : decision.Credential is not null ? "allow"
            : null;
        if (kind is null)
            return;
        var more = decision.Reason ?? (decision.Credential is { } credential ? $"with {credential}" : "");
        var words = FormattableString
            .Invariant($"{kind} {decision.Id} {decision.Method} {decision.Host}:{decision.Port}{decision.Path} {more}")
            .TrimEnd();
        foreach (var recorder in _running.Values)
        {
            if (recorder.Info.Sandbox == decision.Sandbox)
                recorder.Mark(words);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _keeper.DisposeAsync();
        foreach (var recorder in _running.Values)
            Leave(recorder);
    }

    private void Each(Action<Recorder> action)
    {
        foreach (var recorder in _running.Values)
            action(recorder);
    }

    /// <summary>Each minute: what was written since is anchored, and what is old goes.</summary>
    private void Keep()
    {
        try
        {
            foreach (var recorder in _running.Values)
            {
                if (recorder.TakeUnanchored() is { } chain)
                    Audit("recording.anchored", recorder.Info, after: chain.ToString());
            }
            var limit = _time.GetUtcNow() - _limits.Kept;
            foreach (var info in _ended.Values.Where(info => !info.Held && info.Ended < limit))
            {
                Audit("recording.deleted", info, reason: FormattableString.Invariant($"older than {_limits.Kept.TotalDays} days"));
                Remove(info);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this; the next minute tries again, and a bug has to reach the log.
        catch (Exception exception)
        {
            LogKeepingFailed(exception);
        }
#pragma warning restore CA1031
    }

    private void Remove(RecordingInfo info)
    {
        _store.Delete(info);
        _ended.TryRemove(info.Id, out _);
    }

    private void Audit(string action, RecordingInfo info, string? after = null, string? reason = null) =>
        _log.Add(
            new AccessEvent
            {
                Action = action,
                Actor = info.Workspace,
                Object = $"recording:{info.Id}",
                Outcome = "ok",
                After = after,
                Reason = reason,
            }
        );

    [LoggerMessage(1, LogLevel.Error, "Anchoring or deleting recordings failed")]
    private partial void LogKeepingFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The recording {Id} can't be gone on with")]
    private partial void LogUnreadable(Exception exception, string id);
}
