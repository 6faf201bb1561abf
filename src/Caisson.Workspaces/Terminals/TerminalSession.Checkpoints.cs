using System.Buffers;
using Caisson.Init.Protocol.Client;
using Caisson.Terminals.Output;
using Caisson.Terminals.Screen;
using Caisson.Terminals.Wire;

namespace Caisson.Workspaces.Terminals;

public sealed partial class TerminalSession
{
    private static readonly TimeSpan s_betweenCheckpoints = TimeSpan.FromSeconds(5);

    private readonly Lock _saving = new();
    private long _savedAt;
    private bool _mute;
    private long _muteUntil;

    /// <summary>The next server replays from the checkpoint what PID 1's ring holds since, so it has to be younger than the ring is long, not new.</summary>
    private void SaveWhenDue()
    {
        if (_time.GetElapsedTime(_savedAt) < s_betweenCheckpoints)
            return;
        _savedAt = _time.GetTimestamp();
        // Beside reading, and not where keys are served: a disk may take its time.
        _bulk.Do(buffer =>
        {
            if (!_stop.IsCancellationRequested)
                Save(buffer);
        });
    }

    private void Save() => Save(new ArrayBufferWriter<byte>(1 << 16));

    private void Save(ArrayBufferWriter<byte> checkpoint)
    {
        // What a checkpoint holds is not read again.
        _recorder?.Flush();
        lock (_saving)
        {
            lock (_gate)
            {
                // The next server would not make answers anew that lie before its checkpoint, and those on their way die with this one.
                if (Interlocked.Read(ref _replying) > 0)
                    return;
                TerminalStore.Checkpoint(checkpoint, _screen, _window.End, _replyBase);
            }
            try
            {
                _store.WriteCheckpoint(Id, checkpoint.WrittenSpan);
            }
            catch (IOException)
            {
                // A full disk: the earlier checkpoint is still whole, and the ring covers what follows it for longer than this.
            }
        }
    }

    /// <summary>
    /// Output was lost before this server could read it: the model begins anew where it goes on. What it would answer to output up to now was answered by an
    /// earlier server, or is too old to be waited for; twice would be typed into the program.
    /// </summary>
    private async Task SkipAsync(long to, long answered)
    {
        long next;
        try
        {
            next = await _sandbox.Init.InputOffsetAsync(_record.Process, ViewerKey.Model, _stop.Token);
        }
        catch (InitException)
        {
            next = 0; // it has ended: nothing will be answered any more
        }
        lock (_gate)
        {
            _window.Dispose();
            _window = new OutputWindow(to);
            _screen = new TerminalScreen(_screen.Columns, _screen.Rows);
            _snapshot = null;
            _muteUntil = answered;
            _mute = answered > to;
            _replyBase = next;
        }
    }

    /// <summary>Within the lock, after output was taken.</summary>
    private void Unmute()
    {
        if (!_mute || _window.End < _muteUntil)
            return;
        _mute = false;
        // PID 1's count did not move while nothing was sent.
        _replyBase -= _screen.ReplyOffset;
    }
}
