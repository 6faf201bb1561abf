using System.Buffers;
using Caisson.Terminals.Screen;
using Caisson.Terminals.Wire;

namespace Caisson.Workspaces.Terminals;

public sealed partial class TerminalSession
{
    public const int MostViewers = 20;

    private const int KeptBehind = 256 << 10;
    private const int MostBehind = 1 << 20;
    private const int WaitedFor = 768 << 10;
    private static readonly TimeSpan s_live = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(50);

    private readonly List<TerminalViewer> _viewers = [];
    private TerminalViewer[] _present = [];
    private readonly HashSet<UInt128> _viewOnly = [];
    private readonly SemaphoreSlim _moved = new(0, 1);
    private byte[][]? _snapshot;
    private bool _closing;

    /// <summary>Those that look at present.</summary>
    public IReadOnlyList<TerminalViewer> Viewers
    {
        get
        {
            lock (_gate)
                return [.. _viewers];
        }
    }

    /// <summary>Bytes of output that the server itself holds for all viewers together.</summary>
    internal long WindowBytes
    {
        get
        {
            lock (_gate)
                return _window.End - _window.First;
        }
    }

    /// <summary>Begins a view; its first frame is HELLO. Null when there are <see cref="MostViewers"/> already. One with the same key ends the older.</summary>
    public async Task<TerminalViewer?> AttachAsync(ViewRequest request, CancellationToken cancellation)
    {
        var viewer = new TerminalViewer(request.Key ?? ViewerKey.Create(), request.Name, request.Acknowledges, _time.GetUtcNow())
        {
            MayWrite = request.MayWrite && !_viewOnly.Contains(request.Key ?? 0),
            MayEverWrite = request.MayWrite,
            InputNext = request.Key is { } key ? await InputOffsetAsync(key, cancellation) : 0,
            Window = request.Window,
            LastProgress = _time.GetTimestamp(),
        };
        lock (_gate)
        {
            var earlier = _viewers.Find(other => other.Key == viewer.Key);
            if (earlier is null && _viewers.Count >= MostViewers)
                return null;
            if (earlier is not null)
                Remove(earlier);
            Place(viewer, request.From);
            viewer.Tell(ServerFrame.Hello(Hello(viewer)));
            if (IdleEnd is { } end)
                viewer.Tell(
                    ServerFrame.Notice(
                        new NoticeMessage("idle", "Nobody has used this terminal for long. It ends unless somebody does.", end)
                    )
                );
            IdleEnd = null;
            _viewers.Add(viewer);
            _present = [.. _viewers];
            LastUsed = _time.GetUtcNow();
            Tell(ServerFrame.State(new StateMessage(Viewers: _viewers.Count)));
        }
        _changed(this);
        if (
            request is { Window: { } window, MayWrite: true }
            && IsSize(window.Columns, window.Rows)
            && (_leader == 0 || _leader == viewer.Key)
        )
        {
            // The first window to come gives the size; later ones lead once somebody types in them.
            _leader = viewer.Key;
            await ResizeAsync(window.Columns, window.Rows, cancellation);
        }
        return viewer;
    }

    /// <summary>Lets a viewer type no longer, or again; one that may only look by its rights stays so. False when it is not there.</summary>
    public bool Switch(string viewer, bool mayWrite)
    {
        lock (_gate)
        {
            if (_viewers.Find(other => other.Id == viewer) is not { } found)
                return false;
            found.MayWrite = mayWrite && found.MayEverWrite;
            // It stays so when it comes back on another connection.
            if (found.MayWrite)
                _viewOnly.Remove(found.Key);
            else
                _viewOnly.Add(found.Key);
            if (!found.MayWrite && _leader == found.Key)
                _leader = 0;
            found.Tell(ServerFrame.State(new StateMessage(Mode: found.MayWrite ? "write" : "view")));
        }
        _changed(this);
        return true;
    }

    /// <summary>What the viewer's person may do now. One whom the owner has switched to looking stays so.</summary>
    public void Entitle(TerminalViewer viewer, bool mayWrite)
    {
        lock (_gate)
        {
            if (!_viewers.Contains(viewer) || viewer.MayEverWrite == mayWrite)
                return;
            viewer.MayEverWrite = mayWrite;
            var writes = mayWrite && !_viewOnly.Contains(viewer.Key);
            if (viewer.MayWrite == writes)
                return;
            viewer.MayWrite = writes;
            if (!writes && _leader == viewer.Key)
                _leader = 0;
            viewer.Tell(ServerFrame.State(new StateMessage(Mode: writes ? "write" : "view")));
        }
        _changed(this);
    }

    /// <summary>Whether input under this key is taken: its viewer may have been switched to looking.</summary>
    public bool TakesInputOf(UInt128 key)
    {
        lock (_gate)
            return !_viewOnly.Contains(key);
    }

    public void Detach(TerminalViewer viewer)
    {
        lock (_gate)
        {
            if (!_viewers.Contains(viewer))
                return;
            Remove(viewer);
            if (_leader == viewer.Key)
                _leader = 0;
            LastUsed = _time.GetUtcNow();
            Tell(ServerFrame.State(new StateMessage(Viewers: _viewers.Count)));
        }
        _changed(this);
    }

    /// <summary>The viewer has drawn output up to here.</summary>
    public void Acknowledge(TerminalViewer viewer, long offset)
    {
        lock (_gate)
        {
            if (viewer.Acknowledge(offset, _time))
                Progress(viewer);
        }
        viewer.Wake();
    }

    /// <summary>Says something to one viewer.</summary>
    public void Tell(TerminalViewer viewer, byte[] frame)
    {
        lock (_gate)
            viewer.Tell(frame);
    }

    /// <summary>Says goodbye to all viewers: this server ends and the terminal does not.</summary>
    public void SayRestart(string message, DateTimeOffset? until)
    {
        lock (_gate)
        {
            Tell(ServerFrame.Notice(new NoticeMessage("restart", message, until)));
            _closing = true;
            foreach (var viewer in _viewers)
                viewer.Wake();
        }
    }

    /// <summary>When it ends if nobody uses it; null while that is far.</summary>
    public DateTimeOffset? IdleEnd { get; private set; }

    /// <summary>Counts as use: it goes on as if somebody had just looked.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            Used(input: false);
            IdleEnd = null;
        }
        _changed(this);
    }

    /// <summary>Whether it has been without viewer and input for too long; at 80 % of that it says so.</summary>
    internal bool LookForIdle(TimeSpan limit)
    {
        lock (_gate)
        {
            var idle = _viewers.Count > 0 ? TimeSpan.Zero : _time.GetUtcNow() - LastUsed;
            if (idle > limit)
                return true;
            if (IdleEnd is not null == idle > limit * 0.8)
                return false;
            IdleEnd = IdleEnd is null ? LastUsed + limit : null;
        }
        _changed(this);
        return false;
    }

    /// <summary>Lets viewers that were sent as much as may be in flight look at the clock: they may be too slow.</summary>
    internal void LookAtClock()
    {
        foreach (var viewer in _present.Where(viewer => viewer.Paused))
            viewer.Wake();
    }

    private HelloMessage Hello(TerminalViewer viewer) =>
        new(
            1,
            Id,
            $"{_record.Created.ToUnixTimeMilliseconds()}",
            Math.Max(0, _window.End - (_record.RingBytes ?? TerminalRecord.UsualRing)),
            _window.End,
            _screen.Columns,
            _screen.Rows,
            _title,
            viewer.MayWrite ? "write" : "view",
            Recording: IsRecorded,
            ViewerKey.Format(viewer.Key),
            viewer.InputNext,
            new WireLimits(ClientFrame.Longest, TerminalViewer.MostInFlight)
        );

    private void Place(TerminalViewer viewer, AttachFrom from)
    {
        viewer.StartAt(from.Offset is { } offset && offset <= _window.End ? offset : _window.End);
        if (from.Snapshot || from.Offset > _window.End)
            viewer.Wish = SnapshotWish.Both;
    }

    private void Remove(TerminalViewer viewer)
    {
        viewer.Ended = true;
        _viewers.Remove(viewer);
        _present = [.. _viewers];
        viewer.Wake();
        Moved();
    }

    private void Tell(byte[] frame)
    {
        foreach (var viewer in _viewers)
            viewer.Tell(frame);
    }

    private void Progress(TerminalViewer viewer)
    {
        viewer.LastProgress = _time.GetTimestamp();
        Moved();
    }

    private void Moved()
    {
        if (_moved.CurrentCount == 0)
            _moved.Release();
    }

    /// <summary>
    /// A program that prints faster than viewers draw is slowed to their pace, so that nobody misses anything. But only for a viewer that moves: a stalled one is
    /// left behind and gets the rest from PID 1's ring or as a snapshot.
    /// </summary>
    private async Task WaitForViewersAsync()
    {
        while (IsAwaited())
            await _moved.WaitAsync(s_beat, _stop.Token);
    }

    private bool IsAwaited()
    {
        lock (_gate)
        {
            foreach (var viewer in _viewers)
            {
                if (_window.End - viewer.Cursor > WaitedFor && _time.GetElapsedTime(viewer.LastProgress) < s_live)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Keeps what some viewer still wants, within bounds, and a little for those that come back at once.</summary>
    private void Trim()
    {
        var keep = _window.End - KeptBehind;
        foreach (var viewer in _viewers)
            keep = Math.Min(keep, viewer.Cursor);
        _window.Trim(Math.Max(keep, _window.End - MostBehind));
    }

    private byte[][] FullSnapshot() => _snapshot ??= Snapshot(SnapshotPart.Full);

    private byte[][] Snapshot(SnapshotPart part)
    {
        const int Piece = ClientFrame.Longest - ServerFrame.SnapshotHead;
        var output = new ArrayBufferWriter<byte>(1 << 14);
        Caisson.Terminals.Screen.Snapshot.Write(_screen, output, part);
        var frames = new byte[Math.Max(1, (output.WrittenCount + Piece - 1) / Piece)][];
        for (var i = 0; i < frames.Length; i++)
        {
            var bytes = output.WrittenSpan[(i * Piece)..Math.Min(output.WrittenCount, (i + 1) * Piece)];
            frames[i] = new byte[ServerFrame.SnapshotHead + bytes.Length];
            ServerFrame.WriteSnapshotHead(frames[i], part == SnapshotPart.Full, i == frames.Length - 1, _window.End);
            bytes.CopyTo(frames[i].AsSpan(ServerFrame.SnapshotHead));
        }
        return frames;
    }
}
