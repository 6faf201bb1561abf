using System.Security.Cryptography;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Sandboxes;
using Caisson.Terminals.Output;
using Caisson.Terminals.Screen;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Recordings;

namespace Caisson.Workspaces.Terminals;

/// <summary>
/// The server's side of one terminal. PID 1 holds the terminal itself; this (1) reads its output without loss, (2) keeps the screen model and a window of recent bytes,
/// (3) writes the model's answers, (4) hands output to viewers, each at its own pace, and (5) saves where it was, so that the next server goes on at that byte.
/// </summary>
public sealed partial class TerminalSession : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ISandbox _sandbox;
    private readonly TerminalStore _store;
    private readonly Recorder? _recorder;
    private readonly BulkWork _bulk;
    private readonly RingMemory _rings;
    private readonly TimeProvider _time;
    private readonly Action<TerminalSession> _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _memoryKills;
    private TerminalRecord _record;
    private TerminalScreen _screen;
    private OutputWindow _window;
    private ProcessAttachment? _attachment;
    private string _title = "";
    private Task _following = Task.CompletedTask;

    internal TerminalSession(
        TerminalRecord record,
        ISandbox sandbox,
        TerminalStore store,
        Recorder? recorder,
        BulkWork bulk,
        RingMemory rings,
        TimeProvider time,
        Action<TerminalSession> changed
    )
    {
        (_record, _sandbox, _store, _recorder, _bulk, _rings, _time, _changed) = (
            record,
            sandbox,
            store,
            recorder,
            bulk,
            rings,
            time,
            changed
        );
        _memoryKills = sandbox.Measure().MemoryLimitHits;
        LastUsed = time.GetUtcNow();
        // Terminals that began together are not to be saved together.
        _savedAt =
            time.GetTimestamp()
            - (long)(RandomNumberGenerator.GetInt32(1000) / 1000.0 * s_betweenCheckpoints.TotalSeconds * time.TimestampFrequency);
        if (store.TryReadCheckpoint(record.Id, out var screen, out var offset, out _replyBase))
            (_screen, _window) = (screen, new OutputWindow(offset));
        else
            (_screen, _window) = (new TerminalScreen(record.Columns, record.Rows), new OutputWindow(0));
        if (_screen.Columns != record.Columns || _screen.Rows != record.Rows)
            _screen.Resize(record.Columns, record.Rows);
        _title = _screen.Title;
    }

    public string Id => _record.Id;

    public TerminalRecord Record => _record;

    public string Title => _title;

    public DateTimeOffset? LastInput { get; private set; }

    public DateTimeOffset? LastOutput { get; private set; }

    /// <summary>When somebody last looked or typed.</summary>
    public DateTimeOffset LastUsed { get; private set; }

    /// <summary>Whether what happens in it is being recorded.</summary>
    public bool IsRecorded => _recorder is { IsOver: false };

    internal Recorder? Recorder => _recorder;

    /// <summary>Offset after the newest output byte.</summary>
    public long End
    {
        get
        {
            lock (_gate)
                return _window.End;
        }
    }

    internal void Follow() => _following = Task.WhenAll(FollowAsync(), ReplyAsync());

    /// <summary>Changes what is kept of it. On a full disk the change counts for this server, and the next one learns from PID 1 what matters.</summary>
    internal void Update(Func<TerminalRecord, TerminalRecord> change)
    {
        lock (_saving)
        {
            lock (_gate)
                _record = change(_record);
            try
            {
                _store.Write(_record);
            }
            catch (IOException)
            {
                // A terminal that has to be closed or has ended must not hang on the disk.
            }
        }
        _changed(this);
    }

    public void Rename(string label)
    {
        lock (_gate)
            Tell(ServerFrame.State(new StateMessage(Label: label)));
        Update(record => record with { Label = label });
    }

    /// <summary>Looks for text in history and screen.</summary>
    public SearchResult Search(SearchQuery query)
    {
        lock (_gate)
            return _screen.Search(query, _time);
    }

    /// <summary>Lets go of the terminal, which lives on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _resized?.Dispose();
        if (_record.Exit is null)
            Save();
        lock (_gate)
        {
            ReportRing(0);
            _window.Dispose();
        }
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            try
            {
                var request = new AttachRequest
                {
                    Process = _record.Process,
                    OutputFrom = End,
                    Lossless = true,
                };
                await using var attachment = await _sandbox.Init.AttachAsync(request, _stop.Token);
                pause = s_firstPause;
                await ReadAsync(attachment);
                return;
            }
            catch (InitException exception) when (exception.Code == "no_such_process")
            {
                Ended(null, null, "its sandbox does not know it any more");
                return;
            }
            catch (InitException) when (!_sandbox.Exited.IsCompleted)
            {
                // PID 1 lives and takes connections again in a moment.
            }
            catch (InitException)
            {
                Ended(null, null, "its sandbox has stopped");
                return;
            }
            finally
            {
                _attachment = null;
            }
            await Task.WhenAny(_sandbox.Exited, Task.Delay(pause, _time, _stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task ReadAsync(ProcessAttachment attachment)
    {
        _attachment = attachment;
        lock (_gate)
            CountRing(attachment.Spilled);
        _attached.TrySetResult();
        await foreach (var frame in attachment.ReadFramesAsync(_stop.Token))
        {
            switch (frame)
            {
                case ProcessData data:
                    if (data.Bytes.Length >= BulkWork.Threshold)
                        await _bulk.EnterAsync();
                    Take(data.Offset, data.Bytes.Span);
                    SaveWhenDue();
                    await WaitForViewersAsync();
                    break;
                case ProcessGap gap:
                    await SkipAsync(gap.To, attachment.Output.End);
                    break;
                case ProcessInputTaken taken:
                    Acknowledge(taken);
                    break;
                case ProcessEnded { Exit: var exit }:
                    Ended(exit.Code, exit.Signal, Reason(exit));
                    return;
            }
        }
    }

    private void Take(long offset, ReadOnlySpan<byte> bytes)
    {
        // Before anybody sees it: where it has to be recorded and can't be, the terminal ends.
        _recorder?.Output(offset, bytes);
        var titled = false;
        TerminalViewer[] viewers;
        lock (_gate)
        {
            _window.Append(bytes);
            _screen.Write(bytes);
            _snapshot = null;
            _screen.TakeEvents();
            var replies = _screen.TakeReplies();
            if (_mute)
                Unmute();
            else if (replies.Length > 0)
                Reply(_replyBase + _screen.ReplyOffset - replies.Length, replies);
            LastOutput = _time.GetUtcNow();
            CountRing(_spilled);
            if (_screen.Title != _title)
            {
                _title = _screen.Title;
                titled = true;
                Tell(ServerFrame.State(new StateMessage(Title: _title)));
            }
            viewers = _present;
            Trim();
        }
        // The echo of a key is sent from here; of a stream, sending and reading are two things at a time.
        foreach (var viewer in viewers)
            viewer.Wake(here: bytes.Length < BulkWork.Threshold);
        if (titled)
            _changed(this);
    }

    private string Reason(ProcessExit exit) =>
        _record.Closing is { } closing ? $"closed by {closing}"
        : exit.Signal == 9 && _sandbox.Measure().MemoryLimitHits > _memoryKills ? "killed: out of memory"
        : exit.Signal != 0 ? $"killed by signal {exit.Signal}"
        : $"exited {exit.Code}";

    private void Ended(int? code, int? signal, string reason)
    {
        var exit = new TerminalExit(code, signal is 0 ? null : signal, reason, _time.GetUtcNow());
        lock (_gate)
        {
            _record = _record with { Exit = exit };
            if (code is null)
                ReportRing(0); // PID 1 has nothing of it
            foreach (var viewer in _viewers)
                viewer.Wake();
        }
        _recorder?.End(code, reason);
        _attached.TrySetResult();
        Save();
        Update(record => record);
    }
}
