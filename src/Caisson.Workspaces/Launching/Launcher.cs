using Caisson.Agents;
using Caisson.Agents.Store;
using Caisson.Gateway;
using Caisson.Init.Protocol.Control;
using Caisson.Sandboxes;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Canaries;
using Caisson.Workspaces.Credentials;
using Caisson.Workspaces.Lifecycle;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Repositories;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// Turns a plan into a running sandbox, in named stages: (1) allocate, (2) gateway, (3) image, (4) start, (5) ready, (6) probe, (7) provision,
/// (8) attach, (9) record. A stage that fails undoes the earlier ones in reverse.
/// </summary>
internal sealed class Launcher(
    CaissonDirectories directories,
    GatewayHost gateway,
    AgentStore agentStore,
    CredentialLoading credentials,
    SealingKey sealing,
    SealedValues values,
    CanaryLoading decoys,
    SandboxStore store,
    UserPool users,
    TimeProvider time
)
{
    private static readonly IReadOnlyDictionary<string, string> NoPlaceholders = new Dictionary<string, string>(StringComparer.Ordinal);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(15);

    /// <param name="plan">What to start.</param>
    /// <param name="earlier">The record to start again, or null for a new sandbox.</param>
    /// <param name="reserved">For a new sandbox: the id that was taken for it, or null to take one.</param>
    /// <param name="progress">Hears of each stage.</param>
    internal async Task<(SandboxRecord Record, RunningSandbox Running)> LaunchAsync(
        RunPlan plan,
        SandboxRecord? earlier,
        CancellationToken cancellation,
        string? reserved = null,
        ILaunchProgress? progress = null
    )
    {
        var id = earlier?.Id ?? reserved ?? SandboxIds.Take(directories, plan.Request.Name ?? plan.Provider?.Name ?? "run");
        var stages = new StageRunner(id, directories.Home, store, progress);
        var events = new SandboxEvents(id, store, time);
        var files = directories.Sandbox(id);

        var slot = await stages.RunAsync("allocate", Short, _ => Task.FromResult(Allocate(id, plan, earlier, files, stages)), cancellation);
        var secrets = default(LoadedCredentials)!;
        var canaries = SandboxCanaries.None;
        IReadOnlyList<AgentPlan> agents = [];
        var authority = default(SandboxAuthority)!;
        var exit = await stages.RunAsync(
            "gateway",
            Short,
            async token =>
            {
                secrets = await credentials.LoadAsync(plan, token);
                agents = AgentPlans(plan, secrets);
                stages.OnFailure("gateway", () => RemoveSealed(files));
                values.Write(files.SealedValues, id, secrets.Given);
                canaries = decoys.Take(id, files, plan.Policy);
                authority = Authority(id, files);
                stages.OnFailure("gateway", authority.Dispose);
                var opened = await gateway.OpenAsync(ExitOptions(id, plan.Policy, files, secrets, canaries, authority, time), token);
                stages.OnFailure("gateway", async () => await opened.DisposeAsync());
                return opened;
            },
            cancellation
        );
        var spec = await stages.RunAsync(
            "image",
            Short,
            async token =>
            {
                stages.OnFailure("image", () => LogAll(events, RepositoryMount.Release(files.State)));
                // A home that was used before is the agent's: nothing of the host writes into it. Beside the other stores, which take as long.
                var browsers = earlier is null
                    ? Task.Run(() => NssDatabase.Write(files.HomeInside, authority.CertificatePem), token)
                    : Task.CompletedTask;
                if (earlier is null)
                    canaries.WriteFiles(files.HomeInside);
                var made = Spec(id, slot, plan, agents, [.. secrets.Variables, .. canaries.Variables], authority, files);
                await browsers;
                return made with { Mounts = await SandboxMounts.PrepareAsync(plan, agentStore, files.State, token) };
            },
            cancellation
        );
        var sandbox = await stages.RunAsync(
            "start",
            Short,
            async token =>
            {
                var started = await plan.Driver.StartAsync(spec, token);
                stages.OnFailure("start", async () => LogAll(events, await started.StopAsync(TimeSpan.Zero, CancellationToken.None)));
                return started;
            },
            cancellation
        );
        exit.ExpectPeer(sandbox.Runtime.InitPid);
        // A driver returns once PID 1 answers; this is the first use of the channel that everything after it needs.
        await stages.RunAsync("ready", Short, token => sandbox.Init.InfoAsync(token), cancellation);
        await stages.RunAsync("probe", Short, token => LaunchProbe.RunAsync(sandbox, spec, token), cancellation);
        var baseTree = await stages.RunAsync(
            "provision",
            Long,
            token => ProvisionAsync(sandbox, plan, agents, authority, earlier, events, token),
            cancellation
        );
        // A workspace's sandbox has no program of its own: it stays until somebody stops it.
        long? process = plan.IsResident
            ? null
            : await stages.RunAsync(
                "attach",
                Short,
                token => StartProgramAsync(sandbox, plan, agents.FirstOrDefault(), token),
                cancellation
            );

        var record = Record(id, slot, plan, earlier, authority.Fingerprint, secrets.Placeholders, baseTree) with
        {
            State = SandboxState.Running,
            Runtime = sandbox.Runtime,
            Process = process,
            Stages = stages.Timings,
        };
        await stages.RunAsync(
            "record",
            Short,
            token =>
            {
                store.Update(record);
                return MetadataFile.WriteAsync(files.Metadata, record, token);
            },
            cancellation
        );
        events.Add(
            "started",
            $"{string.Join(' ', plan.IsResident ? ["workspace"] : agents.FirstOrDefault()?.Command.Take(1) ?? plan.Request.Arguments.Take(1))} in {stages.Timings.Sum(timing => timing.Milliseconds):0} ms"
        );
        return (
            record,
            new RunningSandbox(sandbox, exit, authority, plan.Policy.Terminal)
            {
                Provision = token => HomeProvisioning.RunAsync(sandbox, plan.Policy, agents, [], fresh: false, events, token),
            }
        );
    }

    /// <summary>The record comes first: a server that dies during the launch is followed by one that knows what to take back.</summary>
    private int Allocate(string id, RunPlan plan, SandboxRecord? earlier, SandboxDirectories files, StageRunner stages)
    {
        if (earlier is null)
        {
            // Undone in reverse: files first, which also gives a full disk the space for the rest.
            stages.OnFailure("allocate", () => store.Delete(id));
            stages.OnFailure("allocate", () => Directory.Delete(files.State, recursive: true));
            store.Insert(Record(id, -1, plan, null, fingerprint: "", NoPlaceholders, null));
        }
        else
        {
            // So that the server after one that dies now takes back what this launch made; the home stays.
            stages.OnFailure("allocate", () => store.Update(earlier));
            store.Update(earlier with { State = SandboxState.Starting });
        }
        foreach (var directory in new[] { files.State, files.HomeInside, files.Workspace, files.Sockets })
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        stages.OnFailure("allocate", () => Directory.Delete(files.Sockets, recursive: true));
        if (!HostUser.IsRoot)
            return -1;
        var slot = users.Take(files.State, earlier?.Slot);
        if (earlier is null)
            stages.OnFailure("allocate", () => users.Release(slot, files.State));
        return slot;
    }

    private IReadOnlyList<AgentPlan> AgentPlans(RunPlan plan, LoadedCredentials secrets) =>
        [
            .. plan.Agents.Select(agent =>
                AgentPlanning.Plan(
                    agent,
                    plan.Request,
                    plan.Policy,
                    plan.WorkingDirectory,
                    agentStore,
                    plan.SystemPrompt,
                    agent.Credential is { } name ? secrets.Placeholders.GetValueOrDefault(name) : null
                )
            ),
        ];

    /// <summary>The authority of an earlier run of this sandbox, or a new one; sealed, so that a restarted server goes on with it.</summary>
    private SandboxAuthority Authority(string id, SandboxDirectories files)
    {
        var authority = SandboxAuthority.Create(id, time);
        PrivateFile.Write(files.SealedAuthority, authority.Seal(sealing.Bytes), durable: false);
        return authority;
    }

    /// <summary>What only a running sandbox needs.</summary>
    internal static void RemoveSealed(SandboxDirectories files)
    {
        File.Delete(files.SealedValues);
        File.Delete(files.SealedAuthority);
    }

    internal static SandboxExitOptions ExitOptions(
        string id,
        Policy.Composition.EffectivePolicy policy,
        SandboxDirectories files,
        LoadedCredentials secrets,
        SandboxCanaries canaries,
        SandboxAuthority authority,
        TimeProvider time
    ) =>
        new()
        {
            SandboxId = id,
            SocketPath = files.ExitSocket,
            Routes = policy.Compile(),
            Credentials = secrets.Credentials,
            Canaries = canaries.Secrets,
            Authority = authority,
            Renew = LoginRenewal.For(policy, secrets.Placeholders, time),
            PolicySummary = PolicySummary.Of(policy),
        };

    private SandboxSpec Spec(
        string id,
        int slot,
        RunPlan plan,
        IReadOnlyList<AgentPlan> agents,
        IReadOnlyList<KeyValuePair<string, string>> variables,
        SandboxAuthority authority,
        SandboxDirectories files
    )
    {
        return new()
        {
            Id = id,
            StateDirectory = files.State,
            SocketDirectory = files.Sockets,
            HomeDirectory = files.HomeInside,
            WorkspaceDirectory = files.Workspace,
            // A workspace's folder comes into being after the start.
            WorkingDirectory = plan.IsResident ? SandboxEnvironment.Home : plan.WorkingDirectory,
            Environment = SandboxEnvironment.Build(id, plan.Policy, agents, plan.Request.Terminal, variables),
            TrustBundle = TrustRoots.With(authority.CertificatePem),
            AuthorityPem = authority.CertificatePem,
            JavaTrustStore = JavaTrustStore.Create(TrustRoots.System, authority.CertificatePem),
            Limits = plan.Limits,
            StopGrace = plan.Policy.StopGrace.Value,
            HostUid = slot >= 0 ? UserPool.FirstUser + slot : HostUser.Uid,
            HostGid = slot >= 0 ? UserPool.FirstUser + slot : HostUser.Gid,
        };
    }

    private static async Task<string?> ProvisionAsync(
        ISandbox sandbox,
        RunPlan plan,
        IReadOnlyList<AgentPlan> agents,
        SandboxAuthority authority,
        SandboxRecord? earlier,
        SandboxEvents events,
        CancellationToken cancellation
    )
    {
        var trust = earlier is null ? [] : NssDatabase.Create(authority.CertificatePem);
        await HomeProvisioning.RunAsync(sandbox, plan.Policy, agents, trust, fresh: earlier is null, events, cancellation);
        if (plan.Repository is null || earlier is not null)
            return earlier?.Document.BaseTree;
        var repository = new RepositoryProvisioning(plan.Repository, sandbox.Init);
        return plan.RepositoryMode switch
        {
            "clone" => await repository.CloneAsync(cancellation),
            "copy" => await repository.CopyAsync(cancellation),
            _ => null,
        };
    }

    private static async Task<uint> StartProgramAsync(ISandbox sandbox, RunPlan plan, AgentPlan? agent, CancellationToken cancellation)
    {
        var terminal = plan.Request.Terminal;
        var started = await sandbox.Init.StartAsync(
            new StartRequest
            {
                Arguments = agent?.Command ?? plan.Request.Arguments,
                WorkingDirectory = plan.WorkingDirectory,
                Terminal = terminal is null ? null : new Init.Protocol.Control.TerminalSize(terminal.Columns, terminal.Rows),
                RingBytes = (int)plan.Policy.Terminal.Ring.Value,
                Input = terminal is null,
                Label = "main",
            },
            cancellation
        );
        if (terminal is null && agent?.StandardInput is { } prompt)
            await sandbox.Init.InputAsync(started.Process, System.Text.Encoding.UTF8.GetBytes(prompt), end: true, cancellation);
        return started.Process;
    }

    private SandboxRecord Record(
        string id,
        int slot,
        RunPlan plan,
        SandboxRecord? earlier,
        string fingerprint,
        IReadOnlyDictionary<string, string> placeholders,
        string? baseTree
    ) =>
        new()
        {
            Id = id,
            Name = earlier?.Name ?? plan.Request.Name ?? plan.Provider?.Name ?? "run",
            State = SandboxState.Starting,
            Created = earlier?.Created ?? time.GetUtcNow(),
            Slot = slot >= 0 ? slot : null,
            Document = new SandboxDocument
            {
                Driver = plan.Driver.Name,
                Label = earlier?.Document.Label ?? plan.Request.Name ?? plan.Provider?.Name ?? "run",
                Agent = plan.Provider?.Name,
                Policies = plan.Response.Policies,
                Directory = plan.Request.Directory,
                RepositoryRoot = plan.Repository?.Root,
                RepositoryMode = plan.RepositoryMode,
                BaseTree = baseTree,
                BaseCommit = earlier?.Document.BaseCommit ?? plan.Repository?.Head,
                WorkingDirectory = plan.WorkingDirectory,
                Command = plan.Response.Command,
                Headless = plan.Request.Headless,
                Keep = plan.Request.Keep,
                PlanHash = plan.Response.Hash,
                CaFingerprint = fingerprint,
                Started = time.GetUtcNow(),
                Placeholders = placeholders,
                Limits = plan.Limits,
                StopGrace = plan.Policy.StopGrace.Value,
                Request = plan.Request with { Values = new Dictionary<string, string>(StringComparer.Ordinal) },
            },
        };

    private static void LogAll(SandboxEvents events, IReadOnlyList<string> failures)
    {
        foreach (var failure in failures)
            events.Add("warning", failure);
    }
}
