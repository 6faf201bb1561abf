using System.Net;
using System.Net.Sockets;
using Caisson.Api;
using Caisson.Gateway;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Endpoints;
using Caisson.Server.Web;
using Caisson.Workspaces;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Caisson.Server.Hosting;

/// <summary>
/// The life of <c>caisson serve</c>: (1) configuration, (2) the data directory and its lock, (3) the address, (4) state and gateway, (5) the
/// sandboxes that an earlier server left running, (6) the API, (7) the line that says where it listens.
/// </summary>
internal static class ServerProgram
{
    private const int ConfigurationError = 78;
    private const int Busy = 75;
    private const int Failed = 1;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    internal static async Task<int> RunAsync(string[] arguments, ServerOptionsReader reader)
    {
        if (arguments is ["config", .. var config])
            return ConfigProgram.Run(config, reader, Console.Out, Console.Error);
        IReadOnlyList<string> rest = arguments is ["serve", .. var given] ? given : arguments;
        if (rest.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            await Console.Out.WriteAsync(SettingsText.Help());
            return 0;
        }
        var configuration = reader.Read(rest);
        if (configuration.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync("caisson: the configuration has errors:");
            foreach (var error in configuration.Errors)
                await Console.Error.WriteLineAsync($"  {error}");
            return ConfigurationError;
        }
        var options = configuration.Options;
        var directories = new CaissonDirectories(options.Home);
        try
        {
            directories.Prepare();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(
                $"caisson: {options.Home} can't be used: {exception.Message}\n  fix: set CAISSON_HOME to a directory that you may write"
            );
            return ConfigurationError;
        }
        using var held = DataLock.TryTake(directories.Lock, out var owner);
        if (held is null)
        {
            await Console.Error.WriteLineAsync($"caisson: another server (pid {owner}) has {options.Home}");
            return Busy;
        }
        try
        {
            return await ServeAsync(options, directories);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"caisson: the server could not start: {Explain(exception, options)}");
            return exception is InvalidDataException ? ConfigurationError : Failed;
        }
    }

    private static async Task<int> ServeAsync(ServerOptions configured, CaissonDirectories directories)
    {
        // Before anything else: a port in use ends the start with nothing begun, and the gateway has to know the port that 0 became.
        using var tcp = configured.Listen is { } listen ? Bind(listen) : null;
        var options = configured with { Listen = (IPEndPoint?)tcp?.LocalEndPoint };
        using var loggers = LoggerFactory.Create(logging => Logging(logging, options, directories));
        await using var services = await WorkspaceServices.OpenAsync(
            directories,
            Workspaces(options),
            loggers,
            TimeProvider.System,
            CancellationToken.None
        );
        await services.Sandboxes.StartAsync(CancellationToken.None);
        var identity = new IdentityServices(services.Database, TimeProvider.System, options.Auth.AdminView);
        var access = Access(options, directories, identity);
        await using var app = Build(options, directories, services, identity, access, tcp);
        await StartupSelfTest.RunAsync(app.Services, Endpoints(app));
        await app.StartAsync();
        File.SetUnixFileMode(directories.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Console.WriteLine($"listening on {directories.Socket}{(options.Listen is { } bound ? $" and http://{bound}" : "")}");
        // To the terminal alone: whoever reads the link is the user, so it is in no log, and a server in the background prints none.
        if (options is { Background: false, Auth.Mode: "local", Listen: not null })
            Console.WriteLine($"sign in within 10 minutes: {access.LinkBase}/login#{identity.Links.New(access.Local.Id)}");
        await Console.Out.FlushAsync();
        if (options.Background)
            Detach();
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static IEnumerable<Endpoint> Endpoints(IEndpointRouteBuilder app) => app.DataSources.SelectMany(source => source.Endpoints);

    private static AccessConfiguration Access(ServerOptions options, CaissonDirectories directories, IdentityServices identity) =>
        new()
        {
            Auth = options.Auth,
            Local = identity.Users.Local(Environment.UserName),
            Token = InstallationToken.ReadOrMake(directories.Token),
            Listen = options.Listen,
            ProxySecret = options.Auth.ProxySecret is { } secret ? SecretReference.Read("auth.proxy.secret", secret) : null,
            OidcSecrets = options
                .Auth.Oidc.Where(provider => provider.ClientSecret is not null)
                .ToDictionary(
                    provider => provider.Name,
                    provider => SecretReference.Read($"auth.oidc.{provider.Name}.client_secret", provider.ClientSecret!),
                    StringComparer.Ordinal
                ),
        };

    private static WebApplication Build(
        ServerOptions options,
        CaissonDirectories directories,
        WorkspaceServices services,
        IdentityServices identity,
        AccessConfiguration access,
        Socket? tcp
    )
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = directories.Home });
        Logging(builder.Logging, options, directories);
        builder.WebHost.UseSockets(sockets =>
            sockets.CreateBoundListenSocket = endpoint =>
                endpoint is IPEndPoint && tcp is not null ? tcp : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint)
        );
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 10_000;
            File.Delete(directories.Socket);
            kestrel.ListenUnixSocket(directories.Socket);
            if (options.Listen is { } listen)
                kestrel.Listen(listen);
        });
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, AccessJson.Default);
            json.SerializerOptions.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(directories);
        builder.Services.AddSingleton<Problems>();
        builder.Services.AddSingleton(services);
        builder.Services.AddSingleton(services.Sandboxes);
        builder.Services.AddAccess(access, identity);

        var app = builder.Build();
        app.UseWebSockets();
        app.UseRouting();
        app.UseMiddleware<MalformedRequests>();
        app.UseAccess();
        app.UseMiddleware<WebApp>(Path.Combine(AppContext.BaseDirectory, "web"));
        foreach (var path in new[] { "/healthz", "/livez", "/readyz" })
            app.MapGet(path, () => "ok\n").Public();
        var api = app.MapGroup("/api/v1");
        api.AddEndpointFilter(app.Services.GetRequiredService<Problems>());
        SandboxEndpoints.Map(api);
        CatalogEndpoints.Map(api);
        AuthEndpoints.Map(api);
        MeEndpoints.Map(api);
        TokenEndpoints.Map(api);
        UserEndpoints.Map(api);
        OidcEndpoints.Map(app, api);
        return app;
    }

    /// <summary>Listening, not only bound: two sockets that don't listen may share a port.</summary>
    private static Socket Bind(IPEndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.Listen();
        return socket;
    }

    private static void Logging(ILoggingBuilder logging, ServerOptions options, CaissonDirectories directories)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(Enum.Parse<LogLevel>(options.LogLevel, ignoreCase: true));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // It logs whole addresses, whose query may hold what no log may.
        logging.AddFilter("Yarp", LogLevel.Warning);
        logging.AddProvider(new FileLog(Path.Combine(directories.Logs, "server.log"), TimeProvider.System));
    }

    private static WorkspaceOptions Workspaces(ServerOptions options) =>
        new()
        {
            // bin/libexec/server/caisson-server, bin/libexec/caisson-init
            ProgramDirectory = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!,
            DefaultDriver = options.Driver,
            Resolve =
            [
                .. options.Resolve.Select(text =>
                    ResolveOverride.TryParse(text, out var value, out _) ? value : throw new InvalidDataException(text)
                ),
            ],
            UpstreamCa = options.UpstreamCa,
            OwnListeners = options.Listen is { } listen ? [listen] : [],
        };

    /// <summary>Leaves the starter's pipes, so that it does not wait for this process's end.</summary>
    private static void Detach()
    {
        Console.Out.Close();
        Console.SetOut(TextWriter.Null);
        StandardStreams.PointToNull();
    }

    private static string Explain(Exception exception, ServerOptions options) =>
        exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
            ? $"{options.Listen} is in use by another program.\n  fix: stop it, or set server.listen to another address (127.0.0.1:0: any free port) or to none in {options.Home}/caisson.yaml"
            : exception.Message;
}
