using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;
using Caisson.Server.Health;
using Caisson.Server.Web;
using Caisson.Workspaces;
using Caisson.Workspaces.Workspaces;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Caisson.Server.Hosting;

/// <summary>What the HTTP side is made of.</summary>
/// <param name="Tcp">The bound socket of the TCP address, or null.</param>
internal sealed record ServerParts(
    ServerOptions Options,
    CaissonDirectories Directories,
    WorkspaceServices Services,
    IdentityServices Identity,
    AccessConfiguration Access,
    Socket? Tcp
)
{
    public required ConfigurationReload Reload { get; init; }

    /// <summary>The clock of everything but logs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public required Action<ILoggingBuilder> Logging { get; init; }
}

/// <summary>The HTTP side of the server: (1) where it listens, (2) what endpoints ask for, (3) the layers that a request passes, (4) the endpoints.</summary>
internal static class ServerApp
{
    /// <summary>Of a stop, what is kept for all that comes after the requests.</summary>
    private static readonly TimeSpan AfterRequests = TimeSpan.FromSeconds(5);

    internal static WebApplication Build(ServerParts parts)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = parts.Directories.Home });
        parts.Logging(builder.Logging);
        Listen(builder, parts);
        AddServices(builder.Services, parts);
        var app = builder.Build();
        UseLayers(app);
        MapEndpoints(app);
        app.Lifetime.ApplicationStopping.Register(() => parts.Services.Terminals.SayRestart(parts.Options.StopWorkspaces));
        return app;
    }

    /// <summary>Every endpoint there is.</summary>
    internal static IEnumerable<Endpoint> Endpoints(IEndpointRouteBuilder app) => app.DataSources.SelectMany(source => source.Endpoints);

    /// <summary>How long requests may go on when the server stops.</summary>
    /// <param name="stop">The time of the whole stop.</param>
    internal static TimeSpan RequestsAtStop(TimeSpan stop) => stop > 2 * AfterRequests ? stop - AfterRequests : stop / 2;

    private static void Listen(WebApplicationBuilder builder, ServerParts parts)
    {
        builder.WebHost.UseSockets(sockets =>
        {
            // Each change of threads between a socket and the code behind it is felt in the echo of a key. No handler waits on its own request's bytes by blocking.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.CreateBoundListenSocket = endpoint =>
                endpoint is IPEndPoint && parts.Tcp is { } tcp ? tcp : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = parts.Options.Headers;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            // For each listener alone: a full port leaves the Unix socket to the operator. WebSockets don't count here; SocketLimit counts them.
            kestrel.Limits.MaxConcurrentConnections = parts.Options.MostConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = null;
            File.Delete(parts.Directories.Socket);
            kestrel.ListenUnixSocket(parts.Directories.Socket);
            if (parts.Options.Listen is { } listen)
                kestrel.Listen(listen);
        });
    }

    private static void AddServices(IServiceCollection services, ServerParts parts)
    {
        services.ConfigureHttpJsonOptions(json => RequestJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = RequestsAtStop(parts.Options.Stop));
        services.AddApiDocument();
        services.AddSingleton(parts.Time);
        services.AddSingleton(parts.Options);
        services.AddSingleton(parts.Directories);
        services.AddSingleton<Problems>();
        services.AddSingleton(parts.Services);
        services.AddSingleton(parts.Services.Sandboxes);
        services.AddSingleton(parts.Services.Workspaces);
        services.AddSingleton(parts.Services.Terminals);
        services.AddSingleton(parts.Services.Recordings);
        services.AddSingleton(new LayoutStore(parts.Services.Database));
        services.AddSingleton(provider => new WorkspaceViews(
            parts.Services.Workspaces,
            parts.Identity,
            parts.Access,
            parts.Time,
            parts.Services.Terminals.CountOpen
        ));
        services.AddSingleton(parts.Reload);
        parts.Reload.Told = result =>
            parts.Services.Workspaces.Events.Notice(
                "notice",
                "server",
                JsonSerializer.Serialize(
                    new ReloadNotice("configuration", result.Applied, result.NeedRestart, result.Errors.Count),
                    ReloadJson.Default.ReloadNotice
                )
            );
        services.AddSingleton<EventObjects>();
        services.AddSingleton(provider => new HealthChecks(
            parts.Services,
            parts.Identity,
            parts.Directories,
            parts.Reload,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddAccess(parts.Access, parts.Identity);
    }

    private static void UseLayers(WebApplication app)
    {
        var build = BuildInformation.Of(typeof(ServerProgram).Assembly);
        app.UseWebSockets();
        app.UseRouting();
        app.UseMiddleware<MalformedRequests>();
        app.UseAccess();
        app.Use(
            (context, next) =>
            {
                // A version tells a stranger which holes to try.
                if (Caller.Of(context).Subject is not null)
                    context.Response.Headers[BuildInformation.Header] = build.Version;
                return next(context);
            }
        );
        app.UseMiddleware<WorkspaceLinks>();
        app.UseMiddleware<WebApp>(Path.Combine(AppContext.BaseDirectory, "web"));
    }

    private static void MapEndpoints(WebApplication app)
    {
        var root = app.MapGroup("").DescribesProblems();
        LivenessEndpoints.Map(root);
        app.MapOpenApi("/openapi/{documentName}.json").SignedIn();
        var api = root.MapGroup("/api/v1");
        api.AddEndpointFilter(app.Services.GetRequiredService<Problems>());
        SandboxEndpoints.Map(api);
        CatalogEndpoints.Map(api);
        TerminalEndpoints.Map(api);
        RecordingEndpoints.Map(api);
        FileEndpoints.Map(api);
        AuthEndpoints.Map(api);
        MeEndpoints.Map(api);
        TokenEndpoints.Map(api);
        DeviceEndpoints.Map(api);
        UserEndpoints.Map(api);
        OidcEndpoints.Map(root, api, app.Services);
        TemplateEndpoints.Map(api);
        WorkspaceEndpoints.Map(api);
        WorkspaceChangeEndpoints.Map(api);
        LayoutEndpoints.Map(api);
        JobEndpoints.Map(api);
        EventEndpoints.Map(api);
        HealthEndpoints.Map(api);
        ConfigurationEndpoints.Map(api);
    }
}
