using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Flows;

/// <summary>
/// One connection of a program in the sandbox, relayed to the gateway. Either side may end its half. What the gateway refuses without a word,
/// and what it leaves behind when it dies, ends in a reset, so that a program never takes a broken answer for a whole one.
/// </summary>
internal sealed class Flow : IReady, IDisposable
{
    private const Readiness Everything = Readiness.Read | Readiness.Write | Readiness.PeerEnded | Readiness.Edge;

    private readonly Reactor _reactor;
    private readonly FlowCounters _counters;
    private readonly GatewayWatch _watch;
    private readonly RelayDirection _out;
    private readonly RelayDirection _in;
    private readonly int _gateway;
    private int _client;
    private bool _gatewayEnded;
    private bool _asking;
    private bool _again;

    internal Flow(Reactor reactor, FlowCounters counters, GatewayWatch watch, int client, int gateway)
    {
        (_reactor, _counters, _watch, _client, _gateway) = (reactor, counters, watch, client, gateway);
        _out = new RelayDirection(counters, client, gateway);
        _in = new RelayDirection(counters, gateway, client);
        counters.Open++;
        reactor.Watch(client, Everything, this);
        reactor.Watch(gateway, Everything, this);
    }

    public void OnReady(int descriptor, Readiness readiness)
    {
        var readable = (readiness & ~Readiness.Write) != Readiness.None;
        var writable = (readiness & ~(Readiness.Read | Readiness.PeerEnded)) != Readiness.None;
        if (descriptor == _client)
        {
            _out.CanRead |= readable;
            _in.CanWrite |= writable;
        }
        else
        {
            _in.CanRead |= readable;
            _out.CanWrite |= writable;
            _gatewayEnded |= (readiness & (Readiness.Ended | Readiness.Error)) != Readiness.None;
        }

        Relay();
    }

    public void Dispose() => Close(reset: true);

    private void Relay()
    {
        if (_client < 0)
        {
            return;
        }

        var busy = MoveOut() | MoveIn();
        if (_client < 0)
        {
            return;
        }

        if (_in.Finished && !_asking && (_out.Finished || _gatewayEnded))
        {
            Close(reset: false);
        }
        else if (busy && !_again)
        {
            _again = true;
            _reactor.Soon(() =>
            {
                _again = false;
                Relay();
            });
        }
    }

    private bool MoveOut()
    {
        if (_out.Finished)
        {
            return false;
        }

        var before = _out.Moved;
        var result = _out.Move();
        _counters.BytesOut += _out.Moved - before;
        switch (result)
        {
            case RelayResult.Done:
                _ = Libc.Shutdown(_gateway, SocketNumbers.ShutdownWrite);
                break;
            case RelayResult.ReceiverGone:
                _out.Abandon(); // the gateway reads no more, but what it answered still counts
                break;
            case RelayResult.SenderBroke:
                Close(reset: true);
                break;
        }

        return result == RelayResult.Busy;
    }

    private bool MoveIn()
    {
        if (_client < 0 || _in.Finished)
        {
            return false;
        }

        var before = _in.Moved;
        var result = _in.Move();
        _counters.BytesIn += _in.Moved - before;
        switch (result)
        {
            case RelayResult.Done when _in.Moved == 0:
            case RelayResult.ReceiverGone:
            case RelayResult.SenderBroke:
                Close(reset: true);
                break;
            case RelayResult.Done when GatewayClosed():
                // Closed or killed? Only a closed one's answer counts as whole.
                _asking = true;
                _watch.Ask(lives => Close(reset: !lives));
                break;
            case RelayResult.Done:
                _ = Libc.Shutdown(_client, SocketNumbers.ShutdownWrite);
                break;
        }

        return result == RelayResult.Busy;
    }

    private unsafe bool GatewayClosed()
    {
        // Its event may still be on the way, so the socket itself is asked: even nothing cannot be sent to who closed both ways.
        byte nothing;
        _gatewayEnded |= Libc.Send(_gateway, &nothing, 0, SocketNumbers.NoSignal) < 0 && Libc.Errno == Errno.BrokenPipe;
        return _gatewayEnded;
    }

    private void Close(bool reset)
    {
        if (_client < 0)
        {
            return;
        }

        _reactor.Unwatch(_client);
        _reactor.Unwatch(_gateway);
        if (reset)
        {
            InternetSocket.Reset(_client);
        }
        else
        {
            _ = Libc.Close(_client);
        }

        _ = Libc.Close(_gateway);
        _client = -1;
        _out.Dispose();
        _in.Dispose();
        _counters.Open--;
    }
}
