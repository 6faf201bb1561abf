using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Control;

/// <summary>One connection of the server: frames in, answers out. It holds nothing that outlives it.</summary>
internal sealed unsafe class ControlConnection : IReady, IDisposable
{
    private const int MaximumFrame = 4 << 20;
    private const int ReadPiece = 16 * 1024;
    private const int MostPerTurn = 256 * 1024;

    private readonly Reactor _reactor;
    private readonly ControlService _service;
    private ByteQueue _in = new();
    private ByteQueue _out = new();
    private int _socket;
    private int _holds;
    private Readiness _interest;
    private bool _working;
    private bool _postponed;

    internal ControlConnection(Reactor reactor, ControlService service, int socket)
    {
        (_reactor, _service, _socket) = (reactor, service, socket);
        Watch();
    }

    /// <summary>Called when all that was sent has left, so that a sender with more can go on.</summary>
    internal Action? Drained { get; set; }

    internal Action? Closed { get; set; }

    internal bool IsClosed => _socket < 0;

    /// <summary>Whether everything sent so far has left.</summary>
    internal bool IsDrained => _out.Length == 0;

    /// <summary>What this connection is busy with beyond one answer; a copy or a view.</summary>
    internal object? Occupation { get; set; }

    public void OnReady(int descriptor, Readiness readiness)
    {
        if ((readiness & Readiness.Write) != Readiness.None)
        {
            Flush();
        }

        if (!IsClosed && (readiness & (Readiness.Read | Readiness.Ended | Readiness.Error)) != Readiness.None)
        {
            Read();
        }

        Watch();
    }

    /// <summary>Runs an action in the next round, if the connection is still there.</summary>
    internal void Soon(Action action) =>
        _reactor.Soon(() =>
        {
            if (!IsClosed)
            {
                action();
            }
        });

    /// <summary>Reads no further requests until <see cref="Release"/>: the peer waits in its socket.</summary>
    internal void Hold()
    {
        _holds++;
        Watch();
    }

    /// <summary>Leaves the request that is being handled for after <see cref="Release"/>, as if it had not been read yet.</summary>
    internal void Postpone()
    {
        _postponed = true;
        Hold();
    }

    internal void Release()
    {
        _holds--;
        if (!IsClosed)
        {
            Work();
            Watch();
        }
    }

    internal void Ok() => Send(FrameType.Ok, default, default);

    internal void Reply<T>(T body, JsonTypeInfo<T> json) => Send(FrameType.Reply, default, JsonSerializer.SerializeToUtf8Bytes(body, json));

    internal void Fail(ControlError error) =>
        Send(FrameType.Error, default, JsonSerializer.SerializeToUtf8Bytes(error, InitJson.Default.ControlError));

    internal void Fail(string code, string message) => Fail(new ControlError(code, message));

    /// <summary>Sends a frame; what the socket does not take at once is kept.</summary>
    internal void Send(FrameType type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (IsClosed)
        {
            return;
        }

        Span<byte> prefix = stackalloc byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, (uint)(1 + head.Length + body.Length));
        prefix[4] = (byte)type;
        head.CopyTo(prefix[5..]);
        prefix = prefix[..(5 + head.Length)];
        var sent = _out.Length == 0 ? SendNow(prefix, body) : 0;
        if (sent < prefix.Length)
        {
            _out.Add(prefix[sent..]);
            sent = prefix.Length;
        }

        _out.Add(body[(sent - prefix.Length)..]);
        Watch();
    }

    public void Dispose()
    {
        if (IsClosed)
        {
            return;
        }

        if (_interest != Readiness.None)
        {
            _reactor.Unwatch(_socket);
            _interest = Readiness.None;
        }

        _ = Libc.Close(_socket);
        _socket = -1;
        Closed?.Invoke();
    }

    private void Read()
    {
        for (var taken = 0; _holds == 0 && taken < MostPerTurn; )
        {
            var room = _in.Room(ReadPiece);
            nint read;
            fixed (byte* bytes = room)
            {
                read = Libc.Receive(_socket, bytes, room.Length, 0);
            }

            if (read <= 0)
            {
                if (read < 0 && Libc.Errno is Errno.Again or Errno.Interrupted)
                {
                    return;
                }

                Dispose();
                return;
            }

            _in.Added((int)read);
            taken += (int)read;
            Work();
            if (IsClosed)
            {
                return;
            }
        }
    }

    private void Work()
    {
        if (_working)
        {
            return; // a request handler released its own hold: the loop below goes on
        }

        _working = true;
        while (!IsClosed && _holds == 0 && _in.Length >= 5)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(_in.Content);
            if (length is 0 or > MaximumFrame)
            {
                Fail("bad_request", $"a frame of {length} bytes; 1 to {MaximumFrame} are possible");
                Dispose();
                break;
            }

            if (_in.Length < 4 + length)
            {
                break;
            }

            var frame = _in.Content.Slice(4, (int)length);
            _postponed = false;
            _service.Handle(this, (FrameType)frame[0], frame[1..]);
            if (!IsClosed && !_postponed)
            {
                _in.Remove(4 + (int)length);
            }
        }

        _working = false;
    }

    private void Flush()
    {
        if (_out.Length > 0)
        {
            _out.Remove(SendNow(_out.Content, default));
        }

        if (_out.Length == 0 && !IsClosed)
        {
            Drained?.Invoke();
        }
    }

    private int SendNow(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            var vectors = stackalloc IoVector[2];
            vectors[0] = new IoVector { Base = one, Length = first.Length };
            vectors[1] = new IoVector { Base = two, Length = second.Length };
            var message = new MessageHeader { Vectors = vectors, VectorCount = second.IsEmpty ? 1 : 2 };
            var sent = Libc.SendMessage(_socket, &message, SocketNumbers.NoSignal);
            if (sent >= 0)
            {
                return (int)sent;
            }

            if (Libc.Errno is not (Errno.Again or Errno.Interrupted))
            {
                _reactor.Soon(Dispose); // not in the middle of whoever is sending
            }

            return 0;
        }
    }

    private void Watch()
    {
        if (IsClosed)
        {
            return;
        }

        var wanted = (_holds == 0 ? Readiness.Read : Readiness.None) | (_out.Length > 0 ? Readiness.Write : Readiness.None);
        if (wanted == _interest)
        {
            return;
        }

        if (_interest == Readiness.None)
        {
            _reactor.Watch(_socket, wanted, this);
        }
        else if (wanted == Readiness.None)
        {
            _reactor.Unwatch(_socket); // an ended peer would wake us for ever
        }
        else
        {
            _reactor.Change(_socket, wanted);
        }

        _interest = wanted;
    }
}
