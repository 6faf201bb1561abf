using System.Net;
using System.Text;
using Caisson.Api;
using Caisson.Credentials;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Sandboxes;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Hosting;
using Caisson.Workspaces;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Terminals;
using Caisson.Workspaces.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caisson.Server.Tests.Api;

/// <summary>The whole server in this process with real sandboxes, on a loopback port, and what a test has to see of its inside.</summary>
internal sealed class ServerLab : IAsyncDisposable
{
    internal const string Token = "0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryHome _home;
    private readonly WebApplication _app;

    private ServerLab(TemporaryHome home, WebApplication app, WorkspaceServices services, IdentityServices identity, CapturedLog log)
    {
        (_home, _app, Server, Identity, Log) = (home, app, services, identity, log);
        Address = new Uri(app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal)));
    }

    public Uri Address { get; }

    public WorkspaceServices Server { get; }

    public IdentityServices Identity { get; }

    public CapturedLog Log { get; }

    public string Home => _home.Path;

    public IServiceProvider Services => _app.Services;

    public IEnumerable<Endpoint> Endpoints => ServerApp.Endpoints(_app);

    public static async Task<ServerLab> StartAsync(
        AuthOptions? auth = null,
        RateLimits? limits = null,
        string? oidcSecret = null,
        TimeProvider? clock = null
    )
    {
        var time = clock ?? TimeProvider.System;
        var home = new TemporaryHome();
        var directories = new CaissonDirectories(home.Path);
        directories.Prepare();
        await File.WriteAllTextAsync(
            Path.Combine(Directory.CreateDirectory(Path.Combine(home.Path, "policies")).FullName, "default.md"),
            "---\ndescription: Nothing but a record of each terminal\nrecording: on\n---\n"
        );
        var tcp = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        tcp.Listen();
        var options = new ServerOptions
        {
            Home = home.Path,
            Listen = (IPEndPoint)tcp.LocalEndPoint!,
            Auth = auth ?? new AuthOptions(),
        };
        var log = new CapturedLog();
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var services = await WorkspaceServices.OpenAsync(
            directories,
            new WorkspaceOptions
            {
                ProgramDirectory = Path.Combine(RepositoryFile.Root, "artifacts/bin/libexec"),
                DefaultDriver = "bubblewrap",
            },
            loggers,
            time,
            CancellationToken.None
        );
        await services.StartAsync(CancellationToken.None);
        var identity = new IdentityServices(services.Database, time);
        identity.OffBoarding.Add(new WorkspaceLeaving(services.Workspaces));
        var access = new AccessConfiguration
        {
            Auth = options.Auth,
            Local = identity.Users.Local("root"),
            Token = new AccessToken(new Secret(Token), "Authorization: Bearer …"),
            Listen = options.Listen,
            OidcSecrets = oidcSecret is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["corp"] = oidcSecret },
            Limits = limits ?? Unlimited,
        };
        var reader = new ServerOptionsReader(name => name == "CAISSON_HOME" ? home.Path : null);
        var app = ServerApp.Build(
            new ServerParts(options, directories, services, identity, access, tcp)
            {
                Time = time,
                Reload = new ConfigurationReload(reader, [], reader.Read([]), new LogThreshold(LogLevel.Information)),
                Logging = logging =>
                {
                    logging.ClearProviders();
                    logging.AddProvider(log);
                },
            }
        );
        await StartupSelfTest.RunAsync(app.Services, ServerApp.Endpoints(app));
        await app.StartAsync();
        services.Workspaces.Start();
        return new ServerLab(home, app, services, identity, log);
    }

    /// <summary>For tests that send more than anybody may.</summary>
    internal static RateLimits Unlimited { get; } =
        new()
        {
            Api = int.MaxValue,
            Login = int.MaxValue,
            LoginHour = int.MaxValue,
            Socket = int.MaxValue,
            Upload = int.MaxValue,
            Lookup = int.MaxValue,
            InputBytes = int.MaxValue,
        };

    /// <summary>A client that sends nothing by itself.</summary>
    public HttpClient Client() =>
        new(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            }
        )
        {
            BaseAddress = Address,
        };

    /// <summary>The user of this installation.</summary>
    public HttpClient Local() => WithToken(Token);

    public HttpClient WithToken(string token)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public User Person(string address, params string[] roles) =>
        Identity.Users.Ensure(address, address, roles.Length == 0 ? [SiteRoles.Member] : roles);

    /// <summary>Somebody's workspace, up and running.</summary>
    public async Task<WorkspaceRecord> RunningWorkspaceAsync(User owner, string name)
    {
        var made = Server.Workspaces.Create(
            new Person(owner.Id, owner.Name, owner.Address),
            owner.Id,
            new NewWorkspaceRequest { Template = "default", Name = name },
            key: null
        );
        await SucceedAsync(made.Job!.Id);
        return Server.Workspaces.Store.Find(made.Workspace.Id)!;
    }

    /// <summary>Somebody's workspace whose first job has ended, well or not, and that does not run: for what needs its row alone.</summary>
    public async Task<string> EndedWorkspaceAsync(User owner, string name)
    {
        var made = Server.Workspaces.Create(
            new Person(owner.Id, owner.Name, owner.Address),
            owner.Id,
            new NewWorkspaceRequest { Template = "default", Name = name },
            key: null
        );
        await Server.Workspaces.CancelAsync(made.Job!.Id);
        await EndOfAsync(made.Job.Id);
        // The word to cancel may have come too late.
        if (Server.Workspaces.Store.Find(made.Workspace.Id)!.Observed == WorkspaceState.Running)
            await SucceedAsync((await Server.Workspaces.StopAsync(made.Workspace.Id, owner.Id, "user")).Id);
        return made.Workspace.Id;
    }

    /// <summary>
    /// Waits for a job to succeed. On a machine that is too busy to show within its time that a sandbox is sealed, none is started, which is right and
    /// not what these tests are about: it is tried again.
    /// </summary>
    public async Task SucceedAsync(string id)
    {
        var job = await EndOfAsync(id);
        for (var tries = 0; tries < 10 && job is { State: JobState.Failed, Error.Code: "isolation_unverified" }; tries++)
        {
            Server.Workspaces.Retry(id, scratch: true, keep: false);
            job = await EndOfAsync(id);
        }
        job.State.ShouldBe(JobState.Succeeded, $"{job.Error}");
    }

    public async Task<JobRecord> EndOfAsync(string id)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var seen = Server.Workspaces.Events.Last;
            var job = Server.Workspaces.Jobs.Find(id)!;
            if (!job.IsActive)
                return job;
            await Server.Workspaces.Events.WaitAsync(seen, limit.Token);
        }
    }

    public async Task<TerminalSession> TerminalAsync(WorkspaceRecord workspace)
    {
        using var limit = new CancellationTokenSource(Limit);
        var wish = new NewTerminal("lab", ["/bin/cat"], null, 80, 24);
        return await Server.Terminals.CreateAsync(Server.Terminals.Place(workspace.Id)!, wish, limit.Token);
    }

    /// <summary>As a signal does it.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var workspace in Server.Workspaces.Store.List(null, null, null, null, 1000).Items)
            await Server.Workspaces.ForceDeleteAsync(workspace.Id, "lab");
        foreach (var sandbox in Server.Sandboxes.List())
        {
            try
            {
                await Server.Sandboxes.RemoveAsync(sandbox.Id, CancellationToken.None);
            }
            catch (SandboxException exception) when (exception.Code == "unknown_sandbox")
            {
                // A workspace's, which went with it meanwhile.
            }
        }
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Server.DisposeAsync();
        _home.Dispose();
    }
}
