using System.Net;
using System.Net.Sockets;
using Caisson.Gateway;
using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Workspaces;
using Caisson.Workspaces.Workspaces;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Caisson.Server.Hosting;

/// <summary>
/// The life of <c>caisson serve</c>: (1) configuration, (2) the data directory and its lock, (3) the address, (4) state and gateway, (5) the
/// sandboxes that an earlier server left running, (6) the API, (7) the line that says where it listens.
/// </summary>
internal static partial class ServerProgram
{
    private const int ConfigurationError = 78;
    private const int Busy = 75;
    private const int Full = 5;
    private const int Failed = 1;

    /// <summary>Of a stop, what closing the state takes at most.</summary>
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(1);

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
        try
        {
            var threshold = new LogThreshold(LogThreshold.Parse(configuration.Options.LogLevel));
            var reload = new ConfigurationReload(reader, rest, configuration, threshold);
            return await HoldAsync(configuration.Options, new CaissonDirectories(configuration.Options.Home), reload, threshold);
        }
        catch (Exception exception) when (StorageFull.Is(exception))
        {
            await Console.Error.WriteLineAsync(
                $"caisson: the server could not start: no space is left on the disk that holds {configuration.Options.Home}\n  fix: free disk space and try again"
            );
            return Full;
        }
    }

    /// <summary>Serves while this process has the data directory.</summary>
    private static async Task<int> HoldAsync(
        ServerOptions options,
        CaissonDirectories directories,
        ConfigurationReload reload,
        LogThreshold threshold
    )
    {
        try
        {
            directories.Prepare();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !StorageFull.Is(exception))
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
            return await ServeAsync(options, directories, reload, threshold);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or SocketException && !StorageFull.Is(exception))
        {
            await Console.Error.WriteLineAsync($"caisson: the server could not start: {Explain(exception, options)}");
            return exception is InvalidDataException ? ConfigurationError
                : IsInUse(exception) ? Busy
                : Failed;
        }
    }

    private static async Task<int> ServeAsync(
        ServerOptions configured,
        CaissonDirectories directories,
        ConfigurationReload reload,
        LogThreshold threshold
    )
    {
        // Before anything else: a port in use ends the start with nothing begun, and the gateway has to know the port that 0 became.
        using var tcp = configured.Listen is { } listen ? Bind(listen, configured.AnyPort) : null;
        var options = configured with { Listen = (IPEndPoint?)tcp?.LocalEndPoint };
        var token = await AccessToken.FindAsync(options, directories, CancellationToken.None);
        using var loggers = LoggerFactory.Create(logging => Logging(logging, threshold, directories));
        if (options.Listen?.Port != configured.Listen?.Port && configured.AnyPort)
            LogOtherPort(loggers.CreateLogger(nameof(ServerProgram)), configured.Listen!, options.Listen!);
        await using var services = await WorkspaceServices.OpenAsync(
            directories,
            Workspaces(options),
            loggers,
            TimeProvider.System,
            CancellationToken.None
        );
        await services.StartAsync(CancellationToken.None);
        var identity = new IdentityServices(services.Database, TimeProvider.System, options.Auth.AdminView);
        identity.OffBoarding.Add(new WorkspaceLeaving(services.Workspaces));
        var access = await AccessAsync(options, token, identity);
        await using var app = ServerApp.Build(
            new ServerParts(options, directories, services, identity, access, tcp)
            {
                Reload = reload,
                Logging = logging => Logging(logging, threshold, directories),
            }
        );
        await StartupSelfTest.RunAsync(app.Services, ServerApp.Endpoints(app));
        using var signals = new StopSignals(reload, options.Stop, TimeProvider.System, loggers.CreateLogger<StopSignals>());
        await app.StartAsync();
        services.Workspaces.Start();
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            services.Workspaces.Pause();
            services.Workspaces.Events.Notice("notice", "server", """{"kind":"restart"}""");
        });
        File.SetUnixFileMode(directories.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Console.WriteLine($"listening on {directories.Socket}{(options.Listen is { } bound ? $" and http://{bound}" : "")}");
        // To the terminal alone: whoever reads the link is the user, so it is in no log, and a server in the background prints none.
        if (options is { Background: false, Auth.Mode: "local", Listen: not null })
            Console.WriteLine($"sign in within 10 minutes: {access.LinkBase}/login#{identity.Links.New(access.Local.Id)}");
        await Console.Out.FlushAsync();
        if (options.Background)
            Detach();
        await app.WaitForShutdownAsync();
        if (options.StopWorkspaces)
            await StopSandboxesAsync(services, signals.Left - Closing, loggers.CreateLogger(nameof(ServerProgram)));
        return 0;
    }

    private static async Task StopSandboxesAsync(WorkspaceServices services, TimeSpan limit, ILogger logger)
    {
        foreach (var name in await services.StopSandboxesAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero))
            LogStillRuns(logger, name);
    }

    private static async Task<AccessConfiguration> AccessAsync(ServerOptions options, AccessToken token, IdentityServices identity)
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var provider in options.Auth.Oidc)
        {
            if (provider.ClientSecret is { } reference)
                secrets[provider.Name] = await ReadAsync($"auth.oidc.{provider.Name}.client_secret", SecretReference.TryParse(reference)!);
        }
        return new AccessConfiguration
        {
            Auth = options.Auth,
            Local = identity.Users.Local(Environment.UserName),
            Token = token,
            Listen = options.Listen,
            ProxySecret = options.Auth.ProxySecret is { } secret ? await ReadAsync("auth.proxy.secret", secret) : null,
            OidcSecrets = secrets,
            Limits = new RateLimits { OpenSockets = options.MostConnections },
        };

        static async Task<string> ReadAsync(string key, SecretReference reference) =>
            (await reference.ReadAsync(key, Environment.GetEnvironmentVariable, CancellationToken.None)).Reveal();
    }

    /// <summary>Listening, not only bound: two sockets that don't listen may share a port.</summary>
    private static Socket Bind(IPEndPoint address, bool anyPort)
    {
        try
        {
            return Bind(address);
        }
        catch (SocketException exception) when (anyPort && IsInUse(exception))
        {
            return Bind(new IPEndPoint(address.Address, 0));
        }
    }

    private static Socket Bind(IPEndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.Listen();
        return socket;
    }

    private static void Logging(ILoggingBuilder logging, LogThreshold threshold, CaissonDirectories directories)
    {
        logging.ClearProviders();
        // The file itself knows the level, which a reload can change.
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // It logs whole addresses, whose query may hold what no log may.
        logging.AddFilter("Yarp", LogLevel.Warning);
        logging.AddProvider(new FileLog(Path.Combine(directories.Logs, "server.log"), threshold, TimeProvider.System));
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
            HomeKept = TimeSpan.FromDays(options.KeepHomeDays),
            TerminalRings = options.TerminalRings,
            StopGrace = TimeSpan.FromSeconds(options.StopSeconds),
            Idle = options.IdleStop ?? (options.Auth.Mode == "local" ? Timeout.InfiniteTimeSpan : TimeSpan.FromHours(1)),
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
        IsInUse(exception)
            ? $"{options.Listen} is in use by another program.\n  fix: stop it, or set server.listen to another address (127.0.0.1:0: any free port) or to none in {options.Home}/caisson.yaml"
            : exception.Message;

    private static bool IsInUse(Exception exception) =>
        exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "{Wanted} is in use by another program, so the API listens on {Taken}. Set server.listen to an address of your own, or to none"
    )]
    private static partial void LogOtherPort(ILogger logger, IPEndPoint wanted, IPEndPoint taken);

    [LoggerMessage(2, LogLevel.Warning, "{Name} did not end within the time that the stop may take; the next server takes it over")]
    private static partial void LogStillRuns(ILogger logger, string name);
}
