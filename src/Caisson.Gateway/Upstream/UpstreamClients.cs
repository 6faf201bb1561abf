using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Caisson.Policy;

namespace Caisson.Gateway.Upstream;

/// <summary>
/// The HTTP clients of one sandbox. Connections are kept alive and reused within it, never with another sandbox, and never between routes that
/// allow different private ranges or trust different authorities.
/// </summary>
internal sealed class UpstreamClients(Connector connector, X509Certificate2Collection commonRoots, GatewayTimeouts timeouts) : IDisposable
{
    private readonly ConcurrentDictionary<Route, HttpMessageInvoker> byRoute = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, Lazy<HttpMessageInvoker>> byNeeds = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The route's <c>upstream_ca</c> cannot be read.</exception>
    public HttpMessageInvoker For(Route route)
    {
        if (byRoute.TryGetValue(route, out var known))
            return known;
        var needs = string.Join(',', route.AllowPrivate) + '|' + route.UpstreamCa;
        var client = byNeeds.GetOrAdd(needs, _ => new Lazy<HttpMessageInvoker>(() => Create(route))).Value;
        return byRoute.GetOrAdd(route, client);
    }

    /// <summary>Forgets which route uses which client after the routes were replaced; connections stay.</summary>
    public void ForgetRoutes() => byRoute.Clear();

    public void Dispose()
    {
        foreach (var client in byNeeds.Values)
        {
            if (client.IsValueCreated)
                client.Value.Dispose();
        }
    }

    private HttpMessageInvoker Create(Route route)
    {
        X509Certificate2Collection roots = [.. commonRoots];
        if (route.UpstreamCa is { } file)
            roots.AddRange(UpstreamTls.Load(file));
        var ranges = PrivateRanges.Of(route);
        return new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                UseProxy = false,
                PreAuthenticate = false,
                ActivityHeadersPropagator = null,
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = timeouts.Connect + timeouts.Handshake,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.Latin1,
                ResponseHeaderEncodingSelector = static (_, _) => System.Text.Encoding.Latin1,
                SslOptions = UpstreamTls.Options(roots),
                ConnectCallback = async (context, cancellation) =>
                    new NetworkStream(
                        await connector.ConnectAsync(Host(context.DnsEndPoint.Host), context.DnsEndPoint.Port, ranges, cancellation),
                        ownsSocket: true
                    ),
            },
            disposeHandler: true
        );
    }

    private static string Host(string host) => host is ['[', .. var inner, ']'] ? inner : host;
}
