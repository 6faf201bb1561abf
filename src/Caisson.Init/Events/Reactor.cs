using System.Runtime.InteropServices;
using Caisson.Init.Kernel;

namespace Caisson.Init.Events;

/// <summary>Something that waits for a descriptor.</summary>
internal interface IReady
{
    /// <summary>What it has to do is much and nobody waits for it: it comes after all others, and what becomes ready meanwhile comes before the next of its kind.</summary>
    bool IsBulk => false;

    /// <summary>The descriptor can be read or written, or ended. It may be closed in here.</summary>
    void OnReady(int descriptor, Readiness readiness);
}

/// <summary>What a descriptor is ready for; the values of epoll.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Read = 0x1,
    Write = 0x4,
    Error = 0x8,
    Ended = 0x10,
    PeerEnded = 0x2000,
    Edge = 1u << 31,
}

/// <summary>
/// The one loop of PID 1: one thread, one epoll, no thread pool. A handler never blocks; a handler's exception ends what the handler was for,
/// not the sandbox.
/// </summary>
internal sealed unsafe class Reactor(TimeProvider time) : IDisposable
{
    private const int Add = 1;
    private const int Remove = 2;
    private const int Modify = 3;
    private const int Batch = 64;

    // The kernel packs this structure on x86-64 only (linux/eventpoll.h).
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int s_size = s_packed ? 12 : 16;
    private static readonly int s_data = s_packed ? 4 : 8;

    private readonly int _epoll = KernelException.Check(Libc.EpollCreate(OpenFlags.CloseOnExec), "epoll_create1");
    private readonly PriorityQueue<Timer, long> _timers = new();
    private readonly Queue<Action> _soon = new();
    private readonly Queue<(ulong Data, Readiness Readiness)> _bulk = new();
    private (IReady? Handler, uint Generation)[] _handlers = new (IReady?, uint)[64];
    private bool _ended;

    /// <summary>Milliseconds of the monotonic clock.</summary>
    internal long Now => time.GetTimestamp() / (time.TimestampFrequency / 1000);

    /// <summary>Calls the handler whenever the descriptor is ready for one of these.</summary>
    internal void Watch(int descriptor, Readiness readiness, IReady handler)
    {
        if (descriptor >= _handlers.Length)
        {
            Array.Resize(ref _handlers, Math.Max(descriptor + 1, 2 * _handlers.Length));
        }

        ref var slot = ref _handlers[descriptor];
        slot = (handler, slot.Generation + 1);
        _ = KernelException.Check(Control(Add, descriptor, readiness, slot.Generation), "epoll_ctl");
    }

    internal void Change(int descriptor, Readiness readiness) =>
        _ = KernelException.Check(Control(Modify, descriptor, readiness, _handlers[descriptor].Generation), "epoll_ctl");

    /// <summary>Must come before the descriptor is closed.</summary>
    internal void Unwatch(int descriptor)
    {
        _ = Control(Remove, descriptor, Readiness.None, 0);
        ref var slot = ref _handlers[descriptor];
        slot = (null, slot.Generation + 1);
    }

    /// <summary>Runs an action once after this delay.</summary>
    internal Timer After(long milliseconds, Action action)
    {
        var timer = new Timer(action);
        _timers.Enqueue(timer, Now + milliseconds);
        return timer;
    }

    /// <summary>Runs an action in the next round, after what is ready now: lets a busy flow take turns.</summary>
    internal void Soon(Action action) => _soon.Enqueue(action);

    internal void End() => _ended = true;

    internal void Run()
    {
        var events = stackalloc byte[Batch * 16];
        while (!_ended)
        {
            var count = Libc.EpollWait(_epoll, events, Batch, Patience());
            if (count < 0 && Libc.Errno != Errno.Interrupted)
            {
                throw new KernelException("epoll_wait", Libc.Errno);
            }

            var rest = _bulk.Count == 0;
            for (var i = 0; i < count; i++)
            {
                var entry = events + (i * s_size);
                var (data, readiness) = (*(ulong*)(entry + s_data), (Readiness)(*(uint*)entry));
                if (_handlers[(int)(uint)data].Handler is not { IsBulk: true })
                {
                    Dispatch(data, readiness);
                }
                else if (rest)
                {
                    _bulk.Enqueue((data, readiness)); // those that wait already are ready again, or still
                }
            }

            if (_bulk.TryDequeue(out var turn))
            {
                Dispatch(turn.Data, turn.Readiness);
            }

            for (var left = _soon.Count; left > 0; left--)
            {
                Guard(_soon.Dequeue());
            }

            RunTimers();
        }
    }

    public void Dispose() => _ = Libc.Close(_epoll);

    private void Dispatch(ulong data, Readiness readiness)
    {
        var descriptor = (int)(uint)data;
        var (handler, generation) = _handlers[descriptor];

        // An earlier handler of this batch may have closed the descriptor, and its number may already serve something else.
        if (handler is null || generation != (uint)(data >> 32))
        {
            return;
        }

        try
        {
            handler.OnReady(descriptor, readiness);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Diagnostics.Report(e);
            if (handler is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
    }

    private static void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Diagnostics.Report(e);
        }
    }

    private void RunTimers()
    {
        while (_timers.TryPeek(out var timer, out var due) && (timer.Cancelled || due <= Now))
        {
            _ = _timers.Dequeue();
            if (!timer.Cancelled)
            {
                Guard(timer.Action);
            }
        }
    }

    private int Patience()
    {
        if (_soon.Count + _bulk.Count > 0)
        {
            return 0;
        }

        while (_timers.TryPeek(out var timer, out var due))
        {
            if (!timer.Cancelled)
            {
                return (int)Math.Clamp(due - Now, 0, int.MaxValue);
            }

            _ = _timers.Dequeue();
        }

        return -1;
    }

    private int Control(int operation, int descriptor, Readiness readiness, uint generation)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = (uint)readiness;
        *(ulong*)(entry + s_data) = ((ulong)generation << 32) | (uint)descriptor;
        return Libc.EpollControl(_epoll, operation, descriptor, entry);
    }

    internal sealed class Timer(Action action)
    {
        internal Action Action { get; } = action;

        internal bool Cancelled { get; private set; }

        internal void Cancel() => Cancelled = true;
    }
}
