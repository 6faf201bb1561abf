using System.Text;
using Caisson.Init.Kernel;

namespace Caisson.Init.Probe;

/// <summary>A connection that is tried, and how far it came.</summary>
internal sealed unsafe class NetworkAttempt : IDisposable
{
    private const short Readable = 1;
    private const short Writable = 4;
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[4096];
    private bool _sent;
    private int _length;

    internal NetworkAttempt(string name, ReadOnlySpan<byte> address, ushort port, byte[] request)
    {
        (Name, _request) = (name, request);
        var v6 = address.Length == 16;
        Socket = Libc.Socket(
            v6 ? SocketNumbers.InternetV6 : SocketNumbers.InternetV4,
            SocketNumbers.Stream | SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec,
            0
        );
        Span<byte> raw = stackalloc byte[InternetSocket.AddressSize];
        var length = InternetSocket.Write(raw, address, port);
        fixed (byte* bytes = raw)
        {
            if (Socket < 0 || (Libc.Connect(Socket, bytes, length) != 0 && Libc.Errno != Errno.InProgress))
            {
                Error = Libc.Errno;
                IsOver = true;
            }
        }
    }

    internal string Name { get; }

    internal int Socket { get; }

    internal bool IsOver { get; private set; }

    /// <summary>Error that ended it, or 0 when it ended orderly.</summary>
    internal int Error { get; private set; }

    internal ReadOnlySpan<byte> Answer => _answer.AsSpan(0, _length);

    internal string AnswerText => Encoding.Latin1.GetString(Answer);

    internal short Awaited => _sent ? Readable : Writable;

    /// <summary>Goes on as far as possible; <paramref name="enough"/> says when the answer can be judged.</summary>
    internal void Advance(Func<NetworkAttempt, bool> enough)
    {
        if (!_sent)
        {
            fixed (byte* bytes = _request)
            {
                if (Libc.Send(Socket, bytes, _request.Length, SocketNumbers.NoSignal) != _request.Length)
                {
                    Stop();
                    return;
                }
            }

            _sent = true;
            return;
        }

        nint read;
        fixed (byte* bytes = _answer.AsSpan(_length))
        {
            read = Libc.Receive(Socket, bytes, _answer.Length - _length, 0);
        }

        if (read <= 0)
        {
            if (read == 0)
            {
                IsOver = true;
            }
            else
            {
                Stop();
            }

            return;
        }

        _length += (int)read;
        IsOver = _length == _answer.Length || enough(this);
    }

    public void Dispose()
    {
        if (Socket >= 0)
        {
            _ = Libc.Close(Socket);
        }
    }

    private void Stop()
    {
        if (Libc.Errno is not (Errno.Again or Errno.Interrupted))
        {
            Error = Libc.Errno;
            IsOver = true;
        }
    }
}
