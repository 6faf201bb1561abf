using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Caisson.Gateway.Connections;

/// <summary>Names one of the doors through which inspected connections enter Kestrel. There is no such address on any network.</summary>
internal sealed class FeedEndPoint(string name) : EndPoint
{
    public static readonly FeedEndPoint Tls = new("tls");
    public static readonly FeedEndPoint Http1 = new("http1");
    public static readonly FeedEndPoint Http2 = new("http2");

    public override string ToString() => "caisson-" + name;
}

/// <summary>Hands connections that are already identified and classified to Kestrel.</summary>
internal sealed class ConnectionFeed : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Listener tls = new(FeedEndPoint.Tls);
    private readonly Listener http1 = new(FeedEndPoint.Http1);
    private readonly Listener http2 = new(FeedEndPoint.Http2);

    /// <summary>False when the server stops.</summary>
    public bool TryHandOver(ConnectionContext connection, WireProtocol protocol)
    {
        var listener = protocol switch
        {
            WireProtocol.Tls => tls,
            WireProtocol.Http2 => http2,
            _ => http1,
        };
        return listener.TryAdd(connection);
    }

    public bool CanBind(EndPoint endpoint) => endpoint is FeedEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(
            endpoint == FeedEndPoint.Tls ? tls
            : endpoint == FeedEndPoint.Http2 ? http2
            : http1
        );

    private sealed class Listener(FeedEndPoint endpoint) : IConnectionListener
    {
        private readonly Channel<ConnectionContext> waiting = Channel.CreateUnbounded<ConnectionContext>(
            new UnboundedChannelOptions { SingleReader = true }
        );

        public EndPoint EndPoint => endpoint;

        public bool TryAdd(ConnectionContext connection) => waiting.Writer.TryWrite(connection);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await waiting.Reader.WaitToReadAsync(cancellationToken))
            {
                if (waiting.Reader.TryRead(out var connection))
                    return connection;
            }
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            waiting.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            waiting.Writer.TryComplete();
            while (waiting.Reader.TryRead(out var connection))
                await connection.DisposeAsync();
        }
    }
}
