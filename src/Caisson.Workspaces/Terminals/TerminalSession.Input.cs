using System.Collections.Concurrent;
using System.Threading.Channels;
using Caisson.Init.Protocol.Client;
using Caisson.Terminals.Screen;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Recordings;

namespace Caisson.Workspaces.Terminals;

public sealed partial class TerminalSession
{
    private const int MostTyped = 1000;
    private const int MostReplies = 64 << 10;
    private static readonly TimeSpan s_afterResize = TimeSpan.FromMilliseconds(250);

    // The model's answers wait here for PID 1 and never hold up reading: the program may be stuck on its output until that is read.
    private readonly Channel<(long Offset, byte[] Bytes)> _replies = Channel.CreateUnbounded<(long, byte[])>();
    private readonly SemaphoreSlim _sizing = new(1, 1);
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(UInt128 Key, long Offset, byte[] Bytes)> _typed = new();
    private long _replyBase;
    private long _replying;
    private UInt128 _leader;
    private ITimer? _resized;

    /// <summary>How much of a viewer's input the terminal has.</summary>
    internal async Task<long> InputOffsetAsync(UInt128 key, CancellationToken cancellation)
    {
        if (_record.Exit is not null)
            return 0;
        try
        {
            return await _sandbox.Init.InputOffsetAsync(_record.Process, key, cancellation);
        }
        catch (InitException)
        {
            return 0; // it has just ended
        }
    }

    /// <summary>Input of a viewer, in order. False when it leaves a gap, which only a broken client does.</summary>
    public async Task<bool> InputAsync(TerminalViewer viewer, long sequence, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (!viewer.MayWrite)
        {
            Refuse(viewer);
            return true;
        }
        if (_record.Exit is not null)
        {
            Tell(viewer, ServerFrame.Error("input_closed", "The terminal has ended; what was typed is not applied."));
            return true;
        }
        if (sequence > viewer.InputNext)
            return false;
        viewer.InputNext = Math.Max(viewer.InputNext, sequence + bytes.Length);
        await LeadAsync(viewer, cancellation);
        if (_recorder is { RecordsInput: true } && _typed.Count < MostTyped)
            _typed.Enqueue((viewer.Key, sequence, bytes.ToArray()));
        await SendAsync(viewer.Key, sequence, bytes, cancellation);
        return true;
    }

    /// <summary>Input without a view. The viewer's new offset, or null when it leaves a gap. It is for <see cref="TakesInputOf"/> to say whether it may be.</summary>
    public async Task<long?> InputAsync(UInt128 key, long sequence, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var taken = await _sandbox.Init.KeyedInputAsync(_record.Process, key, sequence, bytes, cancellation);
        Used(input: true);
        if (taken.Next < sequence)
            return null;
        if (taken.Echoes)
            _recorder?.Input(bytes.Span[..(int)Math.Min(bytes.Length, taken.Next - sequence)]);
        return taken.Next;
    }

    /// <summary>A viewer's window has this size. The terminal follows it when the viewer may write.</summary>
    public async Task ResizeAsync(TerminalViewer viewer, int columns, int rows, CancellationToken cancellation)
    {
        if (!viewer.MayWrite)
            Refuse(viewer);
        else if (!IsSize(columns, rows))
            Tell(viewer, ServerFrame.Error("bad_size", "2 to 1000 columns and 1 to 500 rows are possible."));
        else
        {
            viewer.Window = (columns, rows);
            _leader = viewer.Key;
            await ResizeAsync(columns, rows, cancellation);
        }
    }

    /// <summary>The viewer's window leads from now on, as when it types.</summary>
    public Task LeadAsync(TerminalViewer viewer, CancellationToken cancellation)
    {
        if (!viewer.MayWrite)
        {
            Refuse(viewer);
            return Task.CompletedTask;
        }
        if (_leader == viewer.Key)
            return Task.CompletedTask;
        _leader = viewer.Key;
        return viewer.Window is var (columns, rows) ? ResizeAsync(columns, rows, cancellation) : Task.CompletedTask;
    }

    internal static bool IsSize(int columns, int rows) =>
        columns is >= TerminalScreen.MinimumColumns and <= TerminalScreen.MaximumColumns
        && rows is >= TerminalScreen.MinimumRows and <= TerminalScreen.MaximumRows;

    private async Task ResizeAsync(int columns, int rows, CancellationToken cancellation)
    {
        await _sizing.WaitAsync(cancellation);
        try
        {
            lock (_gate)
            {
                if (_record.Exit is not null || (_screen.Columns == columns && _screen.Rows == rows))
                    return;
                _recorder?.Resize(columns, rows);
                // The model first: what the program prints for its new size must find it.
                _screen.Resize(columns, rows);
                _snapshot = null;
                _record = _record with { Columns = columns, Rows = rows };
                Tell(ServerFrame.Size(columns, rows));
                _resized ??= _time.CreateTimer(_ => Resized(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _resized.Change(s_afterResize, Timeout.InfiniteTimeSpan);
            }
            // Whoever asked may leave; what has begun is finished, or model and terminal would differ.
            await _sandbox.Init.ResizeAsync(_record.Process, columns, rows, _stop.Token);
            // A model that is rebuilt from before this would lay out what follows wrongly.
            Save();
            Update(record => record);
        }
        finally
        {
            _sizing.Release();
        }
    }

    /// <summary>Emulators lay lines out anew by rules that differ in detail; once the size rests, all get the model's screen.</summary>
    private void Resized()
    {
        lock (_gate)
        {
            foreach (var viewer in _viewers.Where(viewer => viewer.Wish == SnapshotWish.None))
            {
                viewer.Wish = SnapshotWish.WhenCaughtUp;
                viewer.Wake();
            }
        }
    }

    /// <summary>Within the lock. A program that asks without end and reads no answer gets none beyond a limit, as it would from any terminal.</summary>
    private void Reply(long offset, byte[] bytes)
    {
        if (Interlocked.Add(ref _replying, bytes.Length) <= MostReplies)
        {
            _replies.Writer.TryWrite((offset, bytes));
            return;
        }
        Interlocked.Add(ref _replying, -bytes.Length);
        _replyBase -= bytes.Length;
    }

    private async Task ReplyAsync()
    {
        await foreach (var (offset, bytes) in _replies.Reader.ReadAllAsync(_stop.Token))
        {
            await SendAsync(ViewerKey.Model, offset, bytes, _stop.Token);
            Interlocked.Add(ref _replying, -bytes.Length);
        }
    }

    /// <summary>Sends input until PID 1 has it; twice is harmless.</summary>
    private async Task SendAsync(UInt128 key, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _attached.Task.WaitAsync(cancellation);
        for (var pause = s_firstPause; _record.Exit is null; pause *= 2)
        {
            try
            {
                if (_attachment is { } attachment)
                {
                    // All share this connection: a frame that was begun is sent to its end, whether or not its viewer stays.
                    await attachment.KeyedInputAsync(key, offset, bytes, _stop.Token).WaitAsync(cancellation);
                    return;
                }
            }
            catch (Exception exception) when (exception is InitException or ObjectDisposedException)
            {
                // The connection is gone: on the next one, or the terminal has ended.
            }
            await Task.Delay(pause < s_longestPause ? pause : s_longestPause, _time, cancellation);
        }
    }

    private void Acknowledge(ProcessInputTaken taken)
    {
        if (taken.Key == ViewerKey.Model)
            return;
        Used(input: true);
        if (_recorder is { RecordsInput: true } recorder)
            RecordInput(recorder, taken);
        lock (_gate)
            _viewers.Find(viewer => viewer.Key == taken.Key)?.Tell(ServerFrame.InputAck(taken.Next));
    }

    /// <summary>Only now it is known whether the terminal showed it.</summary>
    private void RecordInput(Recorder recorder, ProcessInputTaken taken)
    {
        for (var left = _typed.Count; left > 0 && _typed.TryDequeue(out var typed); left--)
        {
            if (typed.Key != taken.Key)
                _typed.Enqueue(typed);
            else if (typed.Offset + typed.Bytes.Length <= taken.Next && taken.Echoes)
                recorder.Input(typed.Bytes);
            if (typed.Key == taken.Key && typed.Offset + typed.Bytes.Length >= taken.Next)
                return;
        }
    }

    private void Refuse(TerminalViewer viewer)
    {
        viewer.Refused++;
        Tell(viewer, ServerFrame.Error("read_only", "You may look at this terminal and not type in it."));
    }

    private void Used(bool input)
    {
        LastUsed = _time.GetUtcNow();
        if (input)
            LastInput = LastUsed;
    }
}
