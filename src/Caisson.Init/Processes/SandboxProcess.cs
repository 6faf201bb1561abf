using Caisson.Init.Control;
using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>A process that the server started: its output, its input, its viewers and its end.</summary>
internal sealed class SandboxProcess(uint id, StartRequest request, Reactor reactor) : IDisposable
{
    // A terminal's last output passes through a kernel worker and may come a little after its process's end. When somebody else still holds
    // the terminal there is no end of file to wait for, so this bounds the wait.
    private const int TerminalTailMilliseconds = 200;

    // A terminal gives 4 KiB at a time. After a rest, or a key, the first piece goes on at once; in a running stream each alone would cost the server more than what
    // is in it, so they go together once they are many or a moment has passed.
    private const int RestMilliseconds = 10;
    private const int StreamMilliseconds = 8;
    private const int StreamPiece = 64 * 1024;

    private readonly long _started = reactor.Now;
    private readonly List<Viewer> _viewers = [];
    private int _status = -1;
    private bool _tailOver;
    private long _ended;
    private int _tree = -1;
    private bool _closing;
    private bool _disposed;
    private long _sentAt;
    private long _sentEnd;
    private bool _hurried;
    private long _unseen;
    private Reactor.Timer? _sending;

    internal uint Id { get; } = id;

    internal StartRequest Request { get; } = request;

    internal int Pid { get; private set; }

    /// <summary>Inode of the UTS namespace that all its descendants share and nobody else.</summary>
    internal ulong Tree { get; private set; }

    internal OutputReader Output { get; set; } = null!;

    internal OutputReader? Errors { get; set; }

    internal InputWriter? Input { get; set; }

    internal InputOffsets InputOffsets { get; } = new();

    /// <summary>The terminal's master side; -1 without one, and once nobody can hold the terminal any more.</summary>
    internal int Terminal => Output.IsTerminal ? Output.Descriptor : -1;

    internal TerminalSize? Size { get; set; } = request.Terminal;

    internal bool TimedOut { get; set; }

    internal Reactor.Timer? TimeLimit { get; set; }

    /// <summary>Set once it ended and all its output up to then is in the rings.</summary>
    internal ProcessExit? Exit { get; private set; }

    internal bool Running => _status < 0;

    /// <summary>Nobody is there who must see everything, and nothing may be lost until somebody is.</summary>
    internal bool Holds => Request.HoldOutput && !_viewers.Exists(viewer => viewer.Lossless);

    internal int ViewerCount => _viewers.Count;

    internal long AgeMilliseconds => reactor.Now - _started;

    internal bool IsDisposed => _disposed;

    internal Action<SandboxProcess>? Settled { get; set; }

    /// <summary>Called once, when it has started.</summary>
    internal void Started(int pid, ulong tree)
    {
        (Pid, Tree) = (pid, tree);

        // While the namespace is held open, its number cannot come to mark the tree of another process.
        _tree = ProcessTree.Hold(pid, tree);
    }

    /// <summary>Sends a signal to everything that it started. Nothing of it can be left when its namespace could not be held.</summary>
    internal void SignalTree(int signal)
    {
        if (_tree >= 0)
        {
            ProcessTree.Signal(Tree, signal);
        }
    }

    /// <summary>Hangs up on everything that it started, and kills what is left after the grace time. Asked again, it goes on as begun.</summary>
    internal void Close(int graceMilliseconds)
    {
        if (_closing)
        {
            return;
        }

        _closing = true;
        SignalTree(Signals.Hangup);
        SignalTree(Signals.Continue);
        _ = reactor.After(
            graceMilliseconds,
            () =>
            {
                SignalTree(Signals.Kill);
                _closing = false;
                if (_disposed)
                {
                    ReleaseTree();
                }
            }
        );
    }

    internal void Add(Viewer viewer) => _viewers.Add(viewer);

    internal void Remove(Viewer viewer)
    {
        if (_viewers.Remove(viewer))
        {
            if (viewer.Lossless)
            {
                _unseen = viewer.OutputAt;
            }

            Resume();
        }
    }

    /// <summary>Offset that reading must not overwrite: the least that a lossless viewer still wants.</summary>
    internal long OldestUnseen(OutputReader reader)
    {
        var oldest = long.MaxValue;
        foreach (var viewer in _viewers)
        {
            if (viewer.Lossless)
            {
                oldest = Math.Min(oldest, reader == Errors ? viewer.ErrorsAt : viewer.OutputAt);
            }
        }

        if (oldest == long.MaxValue)
        {
            oldest = Holds && reader == Output ? _unseen : reader.Ring.End;
        }

        return Math.Max(oldest, reader.Ring.First);
    }

    internal void OutputMoved()
    {
        Settle();
        if (!MayWait())
        {
            Send();
        }
        else
        {
            _sending ??= reactor.After(StreamMilliseconds, Send);
        }
    }

    /// <summary>Somebody has typed and waits for what the terminal makes of it.</summary>
    internal void Hurry() => _hurried = true;

    /// <summary>A viewer took output: readers that waited for it go on.</summary>
    internal void Resume()
    {
        Output.Resume();
        Errors?.Resume();
    }

    /// <summary>PID 1 has reaped it.</summary>
    internal void End(int waitStatus)
    {
        _status = waitStatus;
        _ended = reactor.Now;
        TimeLimit?.Cancel();
        if (!Output.IsTerminal)
        {
            _tailOver = true;
        }
        else
        {
            _ = reactor.After(
                TerminalTailMilliseconds,
                () =>
                {
                    _tailOver = true;
                    Output.Drain();
                }
            );
        }

        Output.Drain();
        Errors?.Drain();
    }

    public void Dispose()
    {
        foreach (var viewer in _viewers.ToArray())
        {
            viewer.Dispose();
        }

        TimeLimit?.Cancel();
        Input?.Dispose();
        Output.Dispose();
        Errors?.Dispose();
        _disposed = true;
        if (!_closing)
        {
            ReleaseTree();
        }
    }

    private bool MayWait() =>
        Output.IsTerminal
        && Exit is null
        && !_hurried
        && Output.Ring.End - _sentEnd < StreamPiece
        && reactor.Now - _sentAt < RestMilliseconds;

    private void Send()
    {
        _sending?.Cancel();
        _sending = null;
        if (_disposed)
        {
            return;
        }

        (_sentAt, _sentEnd, _hurried) = (reactor.Now, Output.Ring.End, _hurried && Output.Ring.End == _sentEnd);
        for (var i = _viewers.Count - 1; i >= 0; i--)
        {
            _viewers[i].Send(); // may remove itself
        }
    }

    private void ReleaseTree()
    {
        if (_tree >= 0)
        {
            _ = Libc.Close(_tree);
            _tree = -1;
        }
    }

    // The end is told when nothing that the process wrote can still be missing. Children that hold its pipes open do not delay it.
    private void Settle()
    {
        if (Running || Exit is not null || !IsTold(Output) || (Errors is not null && !IsTold(Errors)))
        {
            return;
        }

        var signal = _status & 0x7F;
        var code = signal == 0 ? (_status >> 8) & 0xFF : 128 + signal;
        Exit = new ProcessExit(Id, code, signal, TimedOut, _ended - _started, Output.Ring.End, Errors?.Ring.End ?? 0);
        Settled?.Invoke(this);
    }

    private bool IsTold(OutputReader reader) => reader.Ended || (reader.Empty && _tailOver);
}
