using System.Diagnostics;
using System.Text.Json;
using Caisson.Init.Control;
using Caisson.Init.Dns;
using Caisson.Init.Events;
using Caisson.Init.Flows;
using Caisson.Init.Kernel;
using Caisson.Init.Network;
using Caisson.Init.Processes;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Scheduling;
using Caisson.Init.Seccomp;

namespace Caisson.Init.Startup;

/// <summary>
/// PID 1 from its first instruction to its end. The steps of the start, in this order: configuration, sockets, network, masks,
/// Landlock, namespace, services, ready. When one fails, the ready line says which and why, and PID 1 exits: with it the whole sandbox.
/// </summary>
internal sealed class Pid1
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Reactor _reactor = new(TimeProvider.System);
    private string _stage = "config";

    internal static int Run(int configDescriptor, int readyDescriptor)
    {
        var self = new Pid1();
        (configDescriptor, readyDescriptor) = StandardStreams.Free(configDescriptor, readyDescriptor);
        try
        {
            return self.Start(configDescriptor, readyDescriptor);
        }
        catch (Exception e)
        {
            Ready.Write(readyDescriptor, self.Failure(e));
            Diagnostics.Report(e);
            return 1;
        }
    }

    private int Start(int configDescriptor, int readyDescriptor)
    {
        // The server has short slices, and what it starts inherits them. Before the thread that starts the sandbox's processes.
        ThreadSlices.Restore();
        var config = ReadConfig(configDescriptor);
        SystemView.RaiseOpenFiles();

        _stage = "sockets";
        var directory = SocketDirectory.Open(config.SocketDirectory);
        // A full backlog refuses at once what a server asks for many terminals at a time.
        var control = directory.Listen("init.sock", 4096);
        if (config.HideSocketDirectory)
        {
            directory.Hide(config.SocketDirectory);
        }

        _stage = "network";
        var hasV6 = LoopbackRoutes.SetUp();
        PacketFilter.SetUp(config.RedirectPort);

        _stage = "masks";
        SystemView.SetUpNetworkSettings();
        SystemView.Cover(config.Masks);

        SystemView.SetHostName(config.HostName);

        // Before the filter: it protects the threads that are there by then.
        _stage = "landlock";
        var spawning = new SpawnThread(config.WritablePaths);

        _stage = "namespace";
        var agents = Native.MakeAgentsNamespace(config.UserId, config.GroupId);
        var filter = AgentFilter.Build(ProcFiles.Numbers("/proc/self/task"));

        _stage = "dns";
        var names = new NamePool(config.NamePoolV4, config.NamePoolV6, config.NamePoolLimit);
        var resolver = new Resolver(names, hasV6);
        new DnsServer(_reactor, resolver).Start();

        _stage = "listeners";
        var flows = new FlowCounters();
        new ExitListener(_reactor, flows, names, directory).Start(config.RedirectPort, hasV6);
        var processes = new ProcessTable(_reactor, new ProcessStarter(_reactor, config, spawning, agents, filter), config);
        var stop = new Shutdown(_reactor, config.StopGraceMilliseconds);
        var signals = new SignalListener(_reactor, processes, stop);
        signals.Start();
        var state = new SandboxState(config, _reactor, processes, flows, resolver, names);
        new ControlListener(_reactor, new ControlService(processes, directory, state.Describe, stop.Begin), control).Start();

        Ready.Write(
            readyDescriptor,
            new ReadyReport
            {
                Ready = true,
                SandboxId = config.SandboxId,
                Version = SandboxState.Version,
                SetupMicroseconds = (long)Stopwatch.GetElapsedTime(_began).TotalMicroseconds,
            }
        );
        ThreadSlices.Shorten(inherited: false);
        _reactor.Run();
        return 0;
    }

    private static InitConfig ReadConfig(int descriptor)
    {
        var bytes = Libc.ReadAll(descriptor) ?? throw new KernelException("reading the configuration", Libc.Errno);
        _ = Libc.Close(descriptor);
        var config =
            JsonSerializer.Deserialize(bytes, InitJson.Default.InitConfig)
            ?? throw new InvalidOperationException("the configuration is null");
        return config.Problem() is { } problem ? throw new InvalidOperationException(problem) : config;
    }

    private ReadyReport Failure(Exception e) =>
        new()
        {
            Ready = false,
            Stage = _stage,
            Cause = e.Message,
            Remedy = _stage switch
            {
                "config" => "the server and caisson-init must be of the same version",
                "sockets" => "mount a directory of its own for the sockets, writable for the sandbox's user",
                "network" =>
                    "start PID 1 as uid 0 of a user namespace that owns the network namespace; the kernel needs nf_tables with nat, redirect and reject, and policy routing",
                "masks" => "start PID 1 as uid 0 of a user namespace that owns the mount namespace",
                "landlock" => "the server must name only writable paths that the sandbox has",
                "namespace" => "the kernel must allow nested user namespaces (user.max_user_namespaces)",
                _ => "see the sandbox's log",
            },
        };
}

/// <summary>The ready line.</summary>
internal static unsafe class Ready
{
    internal static void Write(int descriptor, ReadyReport report)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(report, InitJson.Default.ReadyReport), (byte)'\n'];
        fixed (byte* bytes = line)
        {
            _ = Libc.Write(descriptor, bytes, line.Length);
        }

        _ = Libc.Close(descriptor);
    }
}
