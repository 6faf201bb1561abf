using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Configuration;
using Caisson.Sandboxes.Doctor;
using Caisson.Sandboxes.Limits;
using Caisson.Sandboxes.Spawning;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>
/// Sandboxes made of namespaces by bubblewrap, without root and without a daemon. As root the driver first becomes an unprivileged user of the
/// sandbox's own, so both forms run the same code with the same rights.
/// </summary>
/// <param name="bubblewrap">Path of the <c>bwrap</c> program.</param>
/// <param name="init">Path of the <c>caisson-init</c> program on the host.</param>
public sealed class BubblewrapDriver(string bubblewrap, string init) : ISandboxDriver
{
    /// <summary>Where distributions put bubblewrap.</summary>
    public const string DefaultProgram = "/usr/bin/bwrap";

    private const int ConfigDescriptor = 4;
    private const int ReadyDescriptor = 5;
    private const int InfoDescriptor = 6;

    private readonly ConcurrentDictionary<string, string> sharedEtc = new(StringComparer.Ordinal);

    public string Name => "bubblewrap";

    public DriverCapabilities Capabilities { get; } =
        new(Isolation.Namespaces, "redirect", "measured", ["pty", "mount", "freeze", "adopt"]);

    public IReadOnlyList<Finding> Diagnose() => BubblewrapFindings.Collect(bubblewrap, init);

    public async Task<ISandbox> StartAsync(SandboxSpec spec, CancellationToken cancellation)
    {
        var cgroup = CgroupTree.OfThisProcess().Create(spec.Id, spec.Limits);
        var monitor = 0;
        try
        {
            var etc = Path.Combine(spec.StateDirectory, "etc");
            var log = Path.Combine(spec.StateDirectory, "init.log");
            using var channels = new LaunchChannels(log);
            // Started first: it waits for its specification while the files are written.
            monitor = Spawn(channels);
            channels.CloseChildEnds();
            EtcDirectory.WriteOwn(etc, spec);
            GiveToSandboxUser(spec);

            await channels.WriteAsync(channels.Launch, LaunchBytes(spec, etc, cgroup), cancellation);
            await channels.WriteAsync(channels.Config, Config(spec).ToJson(), cancellation);
            var initPid = await ReadyAsync(channels, log, cancellation);
            var runtime = new SandboxRuntime
            {
                Driver = Name,
                Id = spec.Id,
                InitPid = initPid,
                InitStartTicks = ProcessStart.Ticks(initPid),
                MonitorPid = monitor,
                SocketDirectory = spec.SocketDirectory,
                Cgroups = cgroup.Directories,
                Limits = spec.Limits,
            };
            return new BubblewrapSandbox(runtime, cgroup, await ConnectAsync(runtime, log, cancellation));
        }
        catch
        {
            await BubblewrapSandbox.RemoveAsync(cgroup, monitor);
            throw;
        }
    }

    public async Task<ISandbox?> AdoptAsync(SandboxRuntime runtime, CancellationToken cancellation)
    {
        if (!ProcessStart.IsSame(runtime.InitPid, runtime.InitStartTicks))
            return null;
        try
        {
            return new BubblewrapSandbox(
                runtime,
                Cgroup.Recorded(runtime.Cgroups),
                await InitClient.ConnectAsync(InitSocket(runtime.SocketDirectory), cancellation)
            );
        }
        catch (IOException) when (!ProcessStart.IsSame(runtime.InitPid, runtime.InitStartTicks))
        {
            return null;
        }
    }

    public Task<IReadOnlyList<string>> CleanAsync(string sandboxId, SandboxRuntime? runtime, CancellationToken cancellation) =>
        BubblewrapSandbox.RemoveAsync(
            runtime is null ? CgroupTree.OfThisProcess().Find(sandboxId) : Cgroup.Recorded(runtime.Cgroups),
            runtime?.MonitorPid ?? 0,
            runtime
        );

    private static async Task<InitClient> ConnectAsync(SandboxRuntime runtime, string log, CancellationToken cancellation)
    {
        try
        {
            return await InitClient.WaitUntilReadyAsync(
                InitSocket(runtime.SocketDirectory),
                InitClient.ReadyLimit,
                () => ProcessStart.IsSame(runtime.InitPid, runtime.InitStartTicks),
                TimeProvider.System,
                cancellation
            );
        }
        catch (InitException exception) when (exception.Code == "sandbox_not_ready")
        {
            throw new SandboxException(exception.Code, exception.Message, $"Look at {log}.", exception);
        }
    }

    private static string InitSocket(string directory) => Path.Combine(directory, "init.sock");

    private int Spawn(LaunchChannels channels)
    {
        try
        {
            return Spawner.Start(init, ["caisson-init", "launch"], [], channels.ForChild());
        }
        catch (Win32Exception exception)
        {
            throw new SandboxException(
                "launch_failed",
                $"{init} could not be started: {exception.Message}.",
                "Run ./dev up again, or reinstall.",
                exception
            );
        }
    }

    /// <summary>As root, hands the directories that the sandbox writes to its own user.</summary>
    private static void GiveToSandboxUser(SandboxSpec spec)
    {
        if (Native.geteuid() != 0)
            return;
        Ownership.Give(spec.SocketDirectory, spec.HostUid, spec.HostGid);
        // Those of an earlier run of this sandbox are its user's already, and may be large.
        foreach (var directory in new[] { spec.HomeDirectory, spec.WorkspaceDirectory })
        {
            if (Ownership.Of(directory) != new FileOwner(spec.HostUid, spec.HostGid))
                Ownership.Give(directory, spec.HostUid, spec.HostGid);
        }
    }

    /// <summary>Beside the directories of all sandboxes' sockets; looked for once for each such place.</summary>
    private string SharedEtc(string root)
    {
        if (!sharedEtc.TryGetValue(root, out var directory) || !Directory.Exists(directory))
            sharedEtc[root] = directory = EtcDirectory.Shared(root);
        return directory;
    }

    private byte[] LaunchBytes(SandboxSpec spec, string etc, Cgroup cgroup)
    {
        var staged = new List<StagedBind>();
        var root = Native.geteuid() == 0;
        var arguments = BubblewrapArguments.Build(
            spec,
            SharedEtc(Path.GetDirectoryName(spec.SocketDirectory)!),
            etc,
            init,
            InfoDescriptor,
            [
                BubblewrapArguments.InitInside,
                "pid1",
                ConfigDescriptor.ToString(CultureInfo.InvariantCulture),
                ReadyDescriptor.ToString(CultureInfo.InvariantCulture),
            ],
            Resolve
        );
        var launch = new LaunchSpec
        {
            CgroupJoins = [.. cgroup.JoinFiles],
            Staged = staged,
            Uid = root ? spec.HostUid : null,
            Gid = root ? spec.HostGid : null,
            Files = spec.Limits.Files,
            Program = bubblewrap,
            Arguments = arguments,
        };
        return JsonSerializer.SerializeToUtf8Bytes(launch, LaunchJson.Default.LaunchSpec);

        string Resolve(string path, string? ownerOf)
        {
            if (!root)
                return path;
            var owner = ownerOf is null ? null : Ownership.Of(ownerOf);
            staged.Add(new StagedBind(path, owner == new FileOwner(spec.HostUid, spec.HostGid) ? null : owner));
            return LaunchSpec.StagedPath(staged.Count - 1);
        }
    }

    private static InitConfig Config(SandboxSpec spec) =>
        new()
        {
            SandboxId = spec.Id,
            SocketDirectory = BubblewrapArguments.SocketsInside,
            Environment = spec.Environment,
            WritablePaths =
            [
                BubblewrapArguments.HomeInside,
                BubblewrapArguments.WorkspaceInside,
                .. spec.Mounts.Where(mount => mount.Writable).Select(mount => mount.Target),
            ],
            WorkingDirectory = spec.WorkingDirectory,
            Limits = new ProcessLimits { OpenFiles = spec.Limits.Files },
            StopGraceMilliseconds = (int)spec.StopGrace.TotalMilliseconds,
        };

    /// <summary>Waits for PID 1's word. Whatever it is instead becomes one error with the last lines of the log.</summary>
    private static async Task<int> ReadyAsync(LaunchChannels channels, string log, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(InitClient.ReadyLimit);
        try
        {
            var ready = await channels.ReadLineAsync(channels.Ready, limit.Token);
            var info = await channels.ReadToEndAsync(channels.Info, limit.Token);
            if (ready is null)
                throw BubblewrapFailure.Explain(await File.ReadAllTextAsync(log, cancellation));
            var report = JsonSerializer.Deserialize(ready, InitJson.Default.ReadyReport);
            if (report is not { Ready: true })
                throw BubblewrapFailure.FromInit(report);
            using var child = JsonDocument.Parse(info);
            return child.RootElement.GetProperty("child-pid").GetInt32();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SandboxException(
                "sandbox_not_ready",
                $"The sandbox did not report ready within {InitClient.ReadyLimit.TotalSeconds:0} s.",
                $"Look at {log}."
            );
        }
    }
}
