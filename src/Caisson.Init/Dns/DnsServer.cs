using System.Buffers.Binary;
using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Dns;

/// <summary>The resolver on 127.0.0.1:53, UDP and TCP.</summary>
internal sealed unsafe class DnsServer(Reactor reactor, Resolver resolver) : IReady
{
    internal const int Port = 53;
    private const int MostConnections = 64;
    private const int LongestQuery = 4096;

    private int _datagrams;
    private int _listener;
    private int _connections;

    internal void Start()
    {
        _datagrams = InternetSocket.Bind(v6: false, SocketNumbers.Datagram, Port);
        _listener = InternetSocket.Bind(v6: false, SocketNumbers.Stream, Port);
        reactor.Watch(_datagrams, Readiness.Read, this);
        reactor.Watch(_listener, Readiness.Read, this);
    }

    public void OnReady(int descriptor, Readiness readiness)
    {
        if (descriptor == _datagrams)
        {
            AnswerDatagrams();
            return;
        }

        int socket;
        while ((socket = Libc.Accept(_listener, null, null, SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec)) >= 0)
        {
            if (_connections >= MostConnections)
            {
                InternetSocket.Reset(socket);
                continue;
            }

            _connections++;
            _ = new DnsConnection(reactor, resolver, socket, () => _connections--);
        }
    }

    private void AnswerDatagrams()
    {
        var packet = stackalloc byte[LongestQuery];
        var address = stackalloc byte[InternetSocket.AddressSize];
        Span<byte> answer = stackalloc byte[DnsAnswer.Size];
        for (var turn = 0; turn < 64; turn++)
        {
            var addressLength = InternetSocket.AddressSize;
            var length = Libc.ReceiveFrom(_datagrams, packet, LongestQuery, 0, address, &addressLength);
            if (length < 0)
            {
                return;
            }

            var answered = resolver.Answer(new ReadOnlySpan<byte>(packet, (int)length), answer);
            if (answered > 0)
            {
                fixed (byte* bytes = answer)
                {
                    _ = Libc.SendTo(_datagrams, bytes, answered, 0, address, addressLength);
                }
            }
        }
    }
}

/// <summary>One TCP connection: queries with a length before each, answered in order (RFC 7766).</summary>
internal sealed unsafe class DnsConnection : IReady, IDisposable
{
    private const int IdleMilliseconds = 10_000;
    private const int LongestQuery = 4096;

    private readonly Reactor _reactor;
    private readonly Resolver _resolver;
    private readonly Action _closed;
    private readonly byte[] _buffer = new byte[2 + LongestQuery];
    private Reactor.Timer _idle;
    private int _socket;
    private int _length;

    internal DnsConnection(Reactor reactor, Resolver resolver, int socket, Action closed)
    {
        (_reactor, _resolver, _socket, _closed) = (reactor, resolver, socket, closed);
        _idle = reactor.After(IdleMilliseconds, Dispose);
        reactor.Watch(socket, Readiness.Read, this);
    }

    public void OnReady(int descriptor, Readiness readiness)
    {
        nint read;
        fixed (byte* bytes = &_buffer[_length])
        {
            read = Libc.Receive(_socket, bytes, _buffer.Length - _length, 0);
        }

        if (read <= 0)
        {
            if (read == 0 || Libc.Errno is not (Errno.Again or Errno.Interrupted))
            {
                Dispose();
            }

            return;
        }

        _length += (int)read;
        _idle.Cancel();
        _idle = _reactor.After(IdleMilliseconds, Dispose);
        while (_socket >= 0 && _length >= 2)
        {
            var query = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
            if (query > LongestQuery)
            {
                Dispose();
            }
            else if (_length < 2 + query)
            {
                return;
            }
            else
            {
                Answer(_buffer.AsSpan(2, query));
                _length -= 2 + query;
                _buffer.AsSpan(2 + query, _length).CopyTo(_buffer);
            }
        }
    }

    public void Dispose()
    {
        if (_socket >= 0)
        {
            _idle.Cancel();
            _reactor.Unwatch(_socket);
            _ = Libc.Close(_socket);
            _socket = -1;
            _closed();
        }
    }

    private void Answer(ReadOnlySpan<byte> query)
    {
        Span<byte> answer = stackalloc byte[2 + DnsAnswer.Size];
        var length = _resolver.Answer(query, answer[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)length);

        // An answer that the socket has no room for means a client that sends and never reads.
        fixed (byte* bytes = answer)
        {
            if (length > 0 && Libc.Send(_socket, bytes, 2 + length, SocketNumbers.NoSignal) != 2 + length)
            {
                Dispose();
            }
        }
    }
}
