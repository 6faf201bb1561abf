using System.Runtime.InteropServices;
using Caisson.Init.Kernel;

namespace Caisson.Init.Flows;

/// <summary>How moving bytes one way went.</summary>
internal enum RelayResult
{
    /// <summary>One side must become ready first.</summary>
    Waiting,

    /// <summary>More could be moved, but it is others' turn.</summary>
    Busy,

    /// <summary>The sender ended, and the receiver was told.</summary>
    Done,

    /// <summary>The sender's side broke.</summary>
    SenderBroke,

    /// <summary>The receiver takes no more.</summary>
    ReceiverGone,
}

/// <summary>One way of a connection. Bytes that the receiver does not take are kept, and the sender is read no further.</summary>
internal sealed unsafe class RelayDirection(FlowCounters shared, int from, int to) : IDisposable
{
    private const int MostPerTurn = 1 << 20;

    private byte* _kept;
    private int _keptStart;
    private int _keptEnd;

    internal bool CanRead { get; set; }

    internal bool CanWrite { get; set; } = true;

    internal bool Finished { get; private set; }

    internal long Moved { get; private set; }

    internal RelayResult Move()
    {
        for (var turn = 0L; !Finished; )
        {
            if (turn >= MostPerTurn)
            {
                return RelayResult.Busy;
            }

            if (_kept is not null)
            {
                if (!CanWrite)
                {
                    return RelayResult.Waiting;
                }

                var sent = Send(_kept + _keptStart, _keptEnd - _keptStart);
                if (sent < 0)
                {
                    return RelayResult.ReceiverGone;
                }

                _keptStart += sent;
                if (_keptStart < _keptEnd)
                {
                    continue;
                }

                FreeKept();
            }

            if (!CanRead)
            {
                return RelayResult.Waiting;
            }

            var read = Libc.Receive(from, shared.Buffer, shared.ReadSize, 0);
            if (read < 0)
            {
                if (Libc.Errno == Errno.Interrupted)
                {
                    continue;
                }

                if (Libc.Errno != Errno.Again)
                {
                    return RelayResult.SenderBroke;
                }

                CanRead = false;
                return RelayResult.Waiting;
            }

            if (read == 0)
            {
                Finished = true;
                break;
            }

            turn += read;
            Moved += read;
            var taken = CanWrite ? Send(shared.Buffer, (int)read) : 0;
            if (taken < 0)
            {
                return RelayResult.ReceiverGone;
            }

            if (taken < read)
            {
                Keep(shared.Buffer + taken, (int)read - taken);
            }
        }

        return RelayResult.Done;
    }

    /// <summary>Nothing more is moved this way.</summary>
    internal void Abandon()
    {
        Finished = true;
        FreeKept();
    }

    public void Dispose() => FreeKept();

    private int Send(byte* bytes, int count)
    {
        var sent = 0;
        while (sent < count)
        {
            var taken = Libc.Send(to, bytes + sent, count - sent, SocketNumbers.NoSignal);
            if (taken >= 0)
            {
                sent += (int)taken;
            }
            else if (Libc.Errno == Errno.Again)
            {
                CanWrite = false;
                break;
            }
            else if (Libc.Errno != Errno.Interrupted)
            {
                return -1;
            }
        }

        return sent;
    }

    private void Keep(byte* bytes, int count)
    {
        _kept = (byte*)NativeMemory.Alloc((nuint)count);
        NativeMemory.Copy(bytes, _kept, (nuint)count);
        (_keptStart, _keptEnd) = (0, count);
        shared.Kept += count;
    }

    private void FreeKept()
    {
        if (_kept is not null)
        {
            NativeMemory.Free(_kept);
            _kept = null;
            shared.Kept -= _keptEnd;
        }
    }
}
