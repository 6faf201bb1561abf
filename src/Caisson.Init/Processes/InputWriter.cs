using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Processes;

/// <summary>
/// Input on its way to a process. What the process does not take yet is queued; past <see cref="High"/> the connections that feed it are
/// read no further until the queue is below <see cref="Low"/>. Nothing is dropped while the process can still read.
/// </summary>
internal sealed unsafe class InputWriter(Reactor reactor, int descriptor, bool terminal) : IReady, IDisposable
{
    internal const int High = 2 << 20;
    internal const int Low = 512 << 10;
    private const byte EndOfFileCharacter = 4;

    private readonly Queue<byte[]> _queue = new();
    private readonly List<Action> _waiting = [];
    private int _descriptor = descriptor;
    private int _queued;
    private int _headSent;
    private bool _watched;
    private bool _ending;

    internal bool Closed => _descriptor < 0;

    /// <summary>Nothing waits: what comes now is with the process at once.</summary>
    internal bool IsIdle => _queue.Count == 0;

    internal bool IsFull => _queued > High;

    /// <summary>Takes input; false when the process closed its side.</summary>
    internal bool Add(ReadOnlySpan<byte> bytes)
    {
        if (Closed || _ending)
        {
            return false;
        }

        if (_queue.Count == 0)
        {
            bytes = bytes[WriteSome(bytes)..];
        }

        if (!Closed && !bytes.IsEmpty)
        {
            _queue.Enqueue(bytes.ToArray());
            _queued += bytes.Length;
            Watch();
        }

        return !Closed;
    }

    /// <summary>No more input follows: closes a pipe once it is all written; a terminal gets its end-of-file character.</summary>
    internal void End()
    {
        if (terminal)
        {
            _ = Add([EndOfFileCharacter]);
            return;
        }

        _ending = true;
        if (_queue.Count == 0)
        {
            Dispose();
        }
    }

    /// <summary>Calls once when the queue is short again.</summary>
    internal void WhenShort(Action resume) => _waiting.Add(resume);

    public void OnReady(int descriptor, Readiness readiness)
    {
        while (_queue.TryPeek(out var head))
        {
            var sent = WriteSome(head.AsSpan(_headSent));
            _headSent += sent;
            _queued -= sent;
            if (Closed || _headSent < head.Length)
            {
                break;
            }

            _ = _queue.Dequeue();
            _headSent = 0;
        }

        if (_queue.Count == 0 && !Closed)
        {
            reactor.Unwatch(_descriptor);
            _watched = false;
            if (_ending)
            {
                Dispose();
            }
        }

        if (_queued < Low)
        {
            Release();
        }
    }

    public void Dispose()
    {
        if (Closed)
        {
            return;
        }

        if (_watched)
        {
            reactor.Unwatch(_descriptor);
        }

        _ = Libc.Close(_descriptor);
        _descriptor = -1;
        _queue.Clear();
        _queued = 0;
        Release();
    }

    private void Watch()
    {
        if (!_watched)
        {
            reactor.Watch(_descriptor, Readiness.Write, this);
            _watched = true;
        }
    }

    private void Release()
    {
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        foreach (var resume in waiting)
        {
            resume();
        }
    }

    private int WriteSome(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        fixed (byte* data = bytes)
        {
            while (sent < bytes.Length)
            {
                var written = Libc.Write(_descriptor, data + sent, bytes.Length - sent);
                if (written >= 0)
                {
                    sent += (int)written;
                }
                else if (Libc.Errno == Errno.Again)
                {
                    break;
                }
                else if (Libc.Errno != Errno.Interrupted)
                {
                    Dispose(); // the process no longer reads: EPIPE, or EIO of a terminal
                    break;
                }
            }
        }

        return sent;
    }
}
