using System.Text;
using Caisson.Init.Dns;
using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Exit;
using Caisson.Init.Startup;

namespace Caisson.Init.Flows;

/// <summary>
/// Accepts what the packet filter redirects here: every TCP connection that a program in the sandbox makes to somewhere else. Each becomes a
/// connection of its own to the gateway, which begins with a header that says where it wanted to go and whose it is. While the gateway
/// is away connections are reset at once.
/// </summary>
internal sealed unsafe class ExitListener(Reactor reactor, FlowCounters counters, NamePool names, SocketDirectory directory) : IReady
{
    private const int TooManyOpenFiles = 24;
    private const int RetryMilliseconds = 2;
    private const int MostRetries = 1_000;
    private const int ReservedDescriptors = 512;
    private const int LeastFlows = 64;

    private readonly CallerLookup _callers = new();
    private readonly GatewayWatch _watch = new(reactor, directory);
    private readonly byte[] _header = new byte[ExitHeader.MaximumLength];
    private int _listenerV6 = -1;
    private int _spare = -1;
    private int _most;

    internal void Start(int port, bool hasV6)
    {
        reactor.Watch(InternetSocket.Bind(v6: false, SocketNumbers.Stream, port), Readiness.Read, this);
        if (hasV6)
        {
            _listenerV6 = InternetSocket.Bind(v6: true, SocketNumbers.Stream, port);
            reactor.Watch(_listenerV6, Readiness.Read, this);
        }

        // Connections must not take the descriptors that processes and the server's own connections need.
        _most = Math.Max(LeastFlows, (SystemView.OpenFilesLimit() - ReservedDescriptors) / 2);
        Reserve();
    }

    public void OnReady(int descriptor, Readiness readiness)
    {
        var raw = stackalloc byte[2 * InternetSocket.AddressSize];
        for (var turn = 0; turn < 64; turn++)
        {
            var length = InternetSocket.AddressSize;
            var client = Libc.Accept(descriptor, raw, &length, SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec);
            if (client >= 0)
            {
                Take(client, descriptor == _listenerV6, raw);
            }
            else if (Libc.Errno != TooManyOpenFiles || !RefuseOne(descriptor))
            {
                return;
            }
        }
    }

    private void Take(int client, bool v6, byte* raw)
    {
        counters.Total++;
        var original = raw + InternetSocket.AddressSize;
        var length = InternetSocket.AddressSize;
        var level = v6 ? SocketNumbers.LevelIpV6 : SocketNumbers.LevelIp;
        if (counters.Open >= _most || Libc.GetSocketOption(client, level, SocketNumbers.OriginalDestination, original, &length) != 0)
        {
            Refuse(client);
            return;
        }

        // Loopback is never redirected: this one was made straight to our listener.
        if (new KernelAddress(new ReadOnlySpan<byte>(original, InternetSocket.AddressSize)).IsLoopback)
        {
            Refuse(client);
            return;
        }

        _ = Libc.SetSocketOption(client, SocketNumbers.LevelTcp, SocketNumbers.NoDelay, 1);
        Introduce(client, new ReadOnlySpan<byte>(raw, 2 * InternetSocket.AddressSize));
    }

    // Writes the header and connects. The caller's executable is named, not read: the gateway hashes it from outside, beside the traffic.
    private void Introduce(int client, ReadOnlySpan<byte> addresses)
    {
        var source = new KernelAddress(addresses[..InternetSocket.AddressSize]);
        var destination = new KernelAddress(addresses[InternetSocket.AddressSize..]);
        var writer = new ExitHeaderWriter(_header);
        writer.Addresses(source.Address, source.Port, destination.Address, destination.Port);
        if (names.Find(destination.Address) is { } name)
        {
            Span<byte> authority = stackalloc byte[255];
            writer.Authority(authority[..Encoding.ASCII.GetBytes(name, authority)]);
        }

        Span<byte> executable = stackalloc byte[4096];
        var pid = _callers.Find(source, destination, executable, out var length);
        if (pid != 0)
        {
            writer.Caller(pid, executable[..length]);
        }

        Connect(client, writer.Complete(), 0);
    }

    private void Connect(int client, int headerLength, int attempt)
    {
        var gateway = directory.Connect(GatewayWatch.Socket);
        if (gateway == -Errno.Again && attempt < MostRetries)
        {
            // The gateway is there, but its queue of new connections is full.
            var header = _header.AsSpan(0, headerLength).ToArray();
            _ = reactor.After(
                RetryMilliseconds,
                () =>
                {
                    header.CopyTo(_header, 0);
                    Connect(client, headerLength, attempt + 1);
                }
            );
            return;
        }

        if (gateway < 0)
        {
            Refuse(client);
            return;
        }

        fixed (byte* header = _header)
        {
            if (Libc.Send(gateway, header, headerLength, SocketNumbers.NoSignal) != headerLength)
            {
                _ = Libc.Close(gateway);
                Refuse(client);
                return;
            }
        }

        _ = new Flow(reactor, counters, _watch, client, gateway);
    }

    private void Refuse(int client)
    {
        counters.Refused++;
        InternetSocket.Reset(client);
    }

    // Out of descriptors, the waiting connection could not even be refused, and would wake us for ever: one is kept for that.
    private bool RefuseOne(int listener)
    {
        if (_spare < 0)
        {
            return false;
        }

        _ = Libc.Close(_spare);
        var client = Libc.Accept(listener, null, null, SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec);
        if (client >= 0)
        {
            Refuse(client);
        }

        Reserve();
        return client >= 0;
    }

    private void Reserve() => _spare = Libc.Open("/dev/null", OpenFlags.CloseOnExec, 0);
}
