using System.Text;
using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Processes;

/// <summary>
/// Moves what a process writes into its ring. It stops reading, so that the process waits, while a lossless viewer has not taken what the
/// ring would have to give up.
/// </summary>
internal sealed unsafe class OutputReader : IReady, IDisposable
{
    private const int MostPerTurn = 64 * 1024;
    private const int LongestBeginning = 1024;
    private const int Stream = 8 * 1024;
    private const int ReopenMilliseconds = 50;

    // A lossless viewer that is further behind makes the process wait, however large the ring is: what a person stops should stop soon.
    private const int MostUnseen = 1 << 20;
    private const int FewUnseen = 256 << 10;

    private readonly Reactor _reactor;
    private readonly SandboxProcess _process;
    private bool _watched;

    internal OutputReader(Reactor reactor, SandboxProcess process, int descriptor, int ringBytes, bool terminal)
    {
        _reactor = reactor;
        _process = process;
        Descriptor = descriptor;
        IsTerminal = terminal;
        Ring = new OutputRing(ringBytes);
        Watch();
    }

    internal OutputRing Ring { get; }

    internal bool IsTerminal { get; }

    /// <summary>The pipe's or terminal's side that we hold; -1 after its end.</summary>
    internal int Descriptor { get; private set; }

    /// <summary>No more output can come.</summary>
    internal bool Ended => Descriptor < 0;

    /// <summary>It has been full at its last turn, so what comes now is the rest of a flood and no echo.</summary>
    public bool IsBulk { get; private set; }

    /// <summary>The last read found nothing more to take.</summary>
    internal bool Empty { get; private set; }

    public void OnReady(int descriptor, Readiness readiness) => Drain();

    /// <summary>Puts a text before all that the process writes.</summary>
    internal void Begin(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n");
        var room = Ring.Next(Math.Min(bytes.Length, LongestBeginning));
        bytes.AsSpan(0, room.Length).CopyTo(room);
        Ring.Advance(room.Length);
    }

    /// <summary>Reads until nothing is left, the viewers must catch up, or others should have a turn.</summary>
    internal void Drain()
    {
        var taken = 0;
        Empty = false;
        while (!Ended && taken < MostPerTurn)
        {
            // A server that has died may not have kept the last of what it was sent: that much stays behind what it has seen.
            var most = _process.Holds ? Ring.Capacity - Math.Min(MostUnseen, Ring.Capacity / 2) : Math.Min(Ring.Capacity, MostUnseen);
            var room = most - (Ring.End - _process.OldestUnseen(this));
            if (room <= 0)
            {
                Pause();
                break;
            }

            var target = Ring.Next(Math.Min(room, MostPerTurn - taken));
            nint read;
            fixed (byte* bytes = target)
            {
                read = Libc.Read(Descriptor, bytes, target.Length);
            }

            if (read > 0)
            {
                Ring.Advance((int)read);
                taken += (int)read;
                continue;
            }

            var number = read < 0 ? Libc.Errno : 0;
            if (number == Errno.Interrupted)
            {
                continue;
            }

            Empty = true;
            if (number == Errno.Again)
            {
                break;
            }

            if (IsTerminal && _process.Running)
            {
                // EIO: nobody holds the terminal just now, but the process may open it again.
                Pause();
                _ = _reactor.After(ReopenMilliseconds, Resume);
                break;
            }

            Close();
        }

        IsBulk = taken >= Stream;
        _process.OutputMoved();
    }

    /// <summary>A viewer has taken some: reading goes on if it had stopped.</summary>
    internal void Resume()
    {
        if (!Ended && !_watched && Ring.End - _process.OldestUnseen(this) < Math.Min(Ring.Capacity / 2, FewUnseen))
        {
            Watch();
        }
    }

    public void Dispose()
    {
        Close();
        Ring.Dispose();
    }

    private void Watch()
    {
        _reactor.Watch(Descriptor, Readiness.Read, this);
        _watched = true;
    }

    private void Pause()
    {
        if (_watched)
        {
            _reactor.Unwatch(Descriptor);
            _watched = false;
        }
    }

    private void Close()
    {
        if (Ended)
        {
            return;
        }

        Pause();
        _ = Libc.Close(Descriptor);
        Descriptor = -1;
    }
}
