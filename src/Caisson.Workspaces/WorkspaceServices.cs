using System.Net;
using Caisson.Agents.Store;
using Caisson.Audit;
using Caisson.Credentials.Store;
using Caisson.Gateway;
using Caisson.Identity.Audit;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Bubblewrap;
using Caisson.Storage;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Canaries;
using Caisson.Workspaces.Credentials;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Lifecycle;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Recordings;
using Caisson.Workspaces.Store;
using Caisson.Workspaces.Templates;
using Caisson.Workspaces.Terminals;
using Caisson.Workspaces.Workspaces;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces;

/// <summary>What the room needs from its host.</summary>
public sealed record WorkspaceOptions
{
    /// <summary>The directory that holds <c>caisson-init</c>.</summary>
    public required string ProgramDirectory { get; init; }
    public required string DefaultDriver { get; init; }
    public IReadOnlyList<ResolveOverride> Resolve { get; init; } = [];
    public string? UpstreamCa { get; init; }

    /// <summary>How long the home of a deleted workspace is kept; zero: it goes with it.</summary>
    public TimeSpan HomeKept { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long what runs in a workspace may take to save its work at a stop, after SIGTERM and before SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a workspace runs without use where its template doesn't say; infinite: for ever.</summary>
    public TimeSpan Idle { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Bytes of output that all terminals may hold in memory before the longest idle are moved to disk.</summary>
    public long TerminalRings { get; init; } = RingMemory.UsualLimit;

    /// <summary>The server's own listeners, which no sandbox may reach.</summary>
    public IReadOnlyList<IPEndPoint> OwnListeners { get; init; } = [];
}

/// <summary>Composes the room: state, gateway, drivers, launches and the life of sandboxes.</summary>
public sealed class WorkspaceServices : IAsyncDisposable
{
    private readonly Database _database;
    private readonly DecisionLog _decisions;
    private readonly GatewayHost _gateway;
    private readonly TerminalEvents _terminalEvents;

    private WorkspaceServices(
        Database database,
        DecisionLog decisions,
        GatewayHost gateway,
        AgentStore agents,
        CredentialStore credentials,
        SandboxService sandboxes,
        WorkspaceService workspaces,
        TerminalService terminals,
        RecordingService recordings,
        IReadOnlyCollection<ISandboxDriver> drivers
    )
    {
        Drivers = drivers;
        Workspaces = workspaces;
        Credentials = credentials;
        _database = database;
        _decisions = decisions;
        _gateway = gateway;
        Agents = agents;
        Sandboxes = sandboxes;
        Terminals = terminals;
        Recordings = recordings;
        _terminalEvents = new TerminalEvents(terminals, workspaces.Events);
    }

    /// <summary>The state of the whole installation; closed with this.</summary>
    public Database Database => _database;

    public AgentStore Agents { get; }

    public CredentialStore Credentials { get; }

    public SandboxService Sandboxes { get; }

    public WorkspaceService Workspaces { get; }

    public TerminalService Terminals { get; }

    public RecordingService Recordings { get; }

    public IReadOnlyCollection<ISandboxDriver> Drivers { get; }

    /// <summary>Takes over what an earlier server left running. Called once, before the API opens.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await Sandboxes.StartAsync(cancellation);
        Terminals.Start();
    }

    /// <exception cref="InvalidDataException">The database or the file of upstream certificates can't be used; says why.</exception>
    public static async Task<WorkspaceServices> OpenAsync(
        CaissonDirectories directories,
        WorkspaceOptions options,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var database = Database.Open(directories.Database);
        var store = new SandboxStore(database, time);
        var decisions = new DecisionLog(id => directories.Sandbox(id).Decisions);
        var sealing = SealingKey.Load(directories.Keys);
        var gateway = await GatewayHost.StartAsync(
            new GatewayOptions
            {
                Decisions = decisions,
                Resolve = options.Resolve,
                UpstreamCaFile = options.UpstreamCa,
                OwnListeners = options.OwnListeners,
                Fingerprints = sealing.Fingerprints(),
                FetchDirectory = directories.Fetches,
            },
            loggers,
            time,
            cancellation
        );
        var drivers = new Dictionary<string, ISandboxDriver>(StringComparer.Ordinal);
        foreach (
            var driver in new ISandboxDriver[]
            {
                new BubblewrapDriver(BubblewrapDriver.DefaultProgram, Path.Combine(options.ProgramDirectory, "caisson-init")),
            }
        )
            drivers[driver.Name] = driver;

        var home = Environment.GetEnvironmentVariable("HOME");
        var agents = AgentStore.Open(directories.Home, new HttpClient(), NpmRegistry.Find(Environment.GetEnvironmentVariable, home), time);
        var planner = new RunPlanner(directories, agents, drivers, options.DefaultDriver, time);
        var values = new SealedValues(sealing);
        var decoys = new CanaryLoading(values, store);
        var stored = new CredentialStore(directories.Home, time);
        var credentials = new CredentialLoading(stored, time);
        var users = new UserPool();
        var sandboxes = new SandboxService(
            planner,
            new Launcher(directories, gateway, agents, credentials, sealing, values, decoys, store, users, time),
            new Teardown(directories, drivers, store, users, decisions.Close, time),
            new Adoption(directories, gateway, planner, credentials, sealing, values, decoys, store, time),
            store,
            decisions,
            directories,
            time,
            loggers.CreateLogger<SandboxService>()
        );
        var events = new EventStream(database, time);
        var workspaces = new WorkspaceStore(database, events, time);
        var jobs = new JobStore(database, events, time);
        var log = new JobLog(database, time);
        var leases = new WorkspaceLeases(database, $"{Environment.MachineName}:{directories.Home}", directories.Workspaces, time);
        var templates = new TemplateCatalog(directories, agents);
        var work = new WorkspaceJobs(
            directories,
            sandboxes,
            workspaces,
            leases,
            jobs,
            log,
            agents,
            templates,
            options.HomeKept,
            options.StopGrace,
            time,
            loggers.CreateLogger<WorkspaceJobs>()
        );
        var service = new WorkspaceService(
            workspaces,
            jobs,
            log,
            events,
            templates,
            sandboxes,
            work,
            leases,
            options.HomeKept,
            options.Idle,
            time,
            loggers.CreateLogger<Reconciler>()
        );
        var recordings = new RecordingService(
            directories.Recordings,
            sealing,
            new AccessLog(database, time),
            new RecordingLimits(),
            time,
            loggers.CreateLogger<RecordingService>()
        );
        decisions.Appended = recordings.Mark;
        var terminals = new TerminalService(
            new TerminalStore(directories.Terminals),
            [new WorkspaceTerminals(service), new SandboxTerminals(sandboxes)],
            recordings,
            time,
            loggers.CreateLogger<TerminalService>(),
            options.TerminalRings
        );
        service.Uses.LastTyped = id => terminals.List(id).Max(session => session.LastInput);
        return new WorkspaceServices(
            database,
            decisions,
            gateway,
            agents,
            stored,
            sandboxes,
            service,
            terminals,
            recordings,
            drivers.Values
        );
    }

    /// <summary>
    /// Ends every sandbox, workspaces' and others, and keeps their homes. Nothing else works after it: the server is about to end. Returns the names of
    /// those that still run when the time is over.
    /// </summary>
    public Task<IReadOnlyList<string>> StopSandboxesAsync(TimeSpan limit) => Workspaces.StopSandboxesAsync(limit);

    /// <summary>Lets go of sandboxes, closes their exits and the state.</summary>
    public async ValueTask DisposeAsync()
    {
        await Workspaces.DisposeAsync();
        await _terminalEvents.DisposeAsync();
        await Terminals.DisposeAsync();
        await Recordings.DisposeAsync();
        await Sandboxes.DisposeAsync();
        await _gateway.DisposeAsync();
        _decisions.Dispose();
        _database.Dispose();
    }
}
