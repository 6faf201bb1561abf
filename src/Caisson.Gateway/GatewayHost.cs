using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caisson.Gateway.Connections;
using Caisson.Gateway.Fetches;
using Caisson.Gateway.Http;
using Caisson.Gateway.Internal;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Tls;
using Caisson.Gateway.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Caisson.Gateway;

/// <summary>
/// The gateway of a server: the only exit of all its sandboxes. It runs Kestrel without any network listener; connections come from the sandboxes'
/// own sockets (<see cref="OpenAsync"/>), already identified and classified.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly IServer server;
    private readonly ConnectionRouter router;
    private readonly Connector connector;
    private readonly GatewayOptions options;
    private readonly TimeProvider time;
    private readonly X509Certificate2Collection commonRoots;
    private readonly SocketConnectionContextFactory connections;
    private readonly IdleWatch idle;
    private readonly SharedFetches? fetches;
    private readonly IDisposable watchingBadRequests;
    private readonly ConcurrentDictionary<string, SandboxExit> exits = new(StringComparer.Ordinal);

    private GatewayHost(GatewayOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        commonRoots = options.UpstreamCaFile is { } file ? UpstreamTls.Load(file) : [];
        var feed = new ConnectionFeed();
        application = Build(options, feed, loggers, time);
        server = application.Services.GetRequiredService<IServer>();
        connector = new Connector(options.Resolve, new AddressGuard(options.OwnListeners, time), options.Timeouts, time);
        var recorder = new DecisionRecorder(options.Decisions, time, loggers.CreateLogger<DecisionRecorder>());
        var reads = new FirstReads(options.Timeouts, time);
        router = new ConnectionRouter(
            feed,
            new Relay(connector, recorder, options.Timeouts, time),
            reads,
            new ProxyHandshake(reads, recorder, options.Timeouts, time),
            new CallerHash(),
            recorder,
            loggers.CreateLogger<ConnectionRouter>()
        );
        idle = new IdleWatch(options.Timeouts.Idle, time);
        watchingBadRequests = application
            .Services.GetRequiredService<DiagnosticListener>()
            .Subscribe(new BadRequestRecords(recorder), BadRequestRecords.IsWanted);
        connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions(),
            loggers.CreateLogger("Caisson.Gateway.Sockets")
        );
        if (options.FetchDirectory is { } folder)
            fetches = new SharedFetches(
                folder,
                () => new UpstreamClients(connector, commonRoots, options.Timeouts),
                options.FetchLimits,
                time,
                loggers.CreateLogger<SharedFetches>()
            );
        Pipeline = new RequestPipeline(
            new Forwarding(application.Services.GetRequiredService<IHttpForwarder>(), fetches, idle, options.Timeouts, time),
            recorder,
            new InternalEndpoints(options.Decisions),
            options.Timeouts,
            time,
            loggers.CreateLogger<RequestPipeline>()
        );
    }

    private RequestPipeline Pipeline { get; }

    internal ConnectionRouter Router => router;

    internal SocketConnectionContextFactory Connections => connections;

    internal SharedFetches? Fetches => fetches;

    /// <summary>Starts the gateway. No sandbox has an exit yet.</summary>
    /// <exception cref="InvalidDataException">The file of <see cref="GatewayOptions.UpstreamCaFile"/> cannot be read or holds no certificate.</exception>
    public static async Task<GatewayHost> StartAsync(
        GatewayOptions options,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken cancellation = default
    )
    {
        var host = new GatewayHost(options, loggers, time);
        await host.server.StartAsync(new GatewayApplication(host.Pipeline), cancellation);
        return host;
    }

    /// <summary>Opens the exit of a sandbox: makes its socket and takes connections from then on.</summary>
    /// <exception cref="InvalidOperationException">The sandbox has one already.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be made at that path.</exception>
    public async Task<SandboxExit> OpenAsync(SandboxExitOptions exitOptions, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (exits.ContainsKey(exitOptions.SandboxId))
            throw new InvalidOperationException($"Sandbox {exitOptions.SandboxId} has an exit already.");
        var exit = new SandboxExit(
            exitOptions,
            new UpstreamClients(connector, commonRoots, options.Timeouts),
            options.Fingerprints,
            time,
            closed => exits.TryRemove(new(closed.SandboxId, closed))
        );
        exits[exitOptions.SandboxId] = exit;
        await exit.LearnSecretsAsync(cancellation);
        exit.Start(router, connections);
        return exit;
    }

    /// <summary>Closes every exit, then the gateway. Connections end with a reset.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var exit in exits.Values)
            await exit.DisposeAsync();
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await server.StopAsync(atOnce.Token);
        watchingBadRequests.Dispose();
        idle.Dispose();
        fetches?.Dispose();
        connections.Dispose();
        await application.DisposeAsync();
    }

    private static WebApplication Build(GatewayOptions options, ConnectionFeed feed, ILoggerFactory loggers, TimeProvider time)
    {
        // A bare line feed ends a line for some parsers and not for others (RFC 9112, 2.2 allows to refuse it). Kestrel reads the switch when its
        // options are made; for the server's own listener it is no loss.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new GatewayLoggers(loggers));
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IConnectionListenerFactory>(feed);
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.AllowHostHeaderOverride = false;
            kestrel.RequestHeaderEncodingSelector = static name => name == "Content-Length" ? DigitsOnly.Instance : Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            var limits = kestrel.Limits;
            limits.RequestHeadersTimeout = options.Timeouts.RequestHeaders;
            limits.KeepAliveTimeout = options.Timeouts.Idle;
            limits.MaxRequestLineSize = 16 * 1024;
            limits.MaxRequestHeadersTotalSize = 64 * 1024;
            limits.MaxRequestHeaderCount = 200;
            limits.MaxRequestBodySize = null;
            // Models think, people type: a slow stream is not an attack here, and the idle limits hold.
            limits.MinRequestBodyDataRate = null;
            limits.MinResponseDataRate = null;
            limits.Http2.MaxStreamsPerConnection = 256;
            limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
            limits.Http2.InitialStreamWindowSize = 768 * 1024;
            kestrel.Listen(
                FeedEndPoint.Tls,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(ServerTls.Options(options.Timeouts));
                }
            );
            kestrel.Listen(FeedEndPoint.Http1, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(FeedEndPoint.Http2, listen => listen.Protocols = HttpProtocols.Http2);
        });
        return builder.Build();
    }
}
