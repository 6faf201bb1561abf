using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>All processes that the server started. They belong to PID 1, not to the connection that asked for them.</summary>
internal sealed unsafe class ProcessTable(Reactor reactor, ProcessStarter starter, InitConfig config)
{
    private readonly Dictionary<uint, SandboxProcess> _byId = [];
    private readonly Dictionary<int, SandboxProcess> _byPid = [];
    private readonly Queue<uint> _ended = new();
    private uint _last;

    internal long Started { get; private set; }

    internal long Reaped { get; private set; }

    internal IEnumerable<SandboxProcess> All => _byId.Values;

    internal SandboxProcess? Find(uint id) => _byId.GetValueOrDefault(id);

    /// <summary>Starts a process, or says why not.</summary>
    internal SandboxProcess? Start(StartRequest request, out ControlError? error)
    {
        var process = new SandboxProcess(_last + 1, request, reactor);
        error = starter.Start(process);
        if (error is not null)
        {
            return null;
        }

        _last++;
        Started++;
        _byId.Add(process.Id, process);
        _byPid.Add(process.Pid, process);
        process.Settled += Ended;
        if (request.TimeoutMilliseconds > 0)
        {
            process.TimeLimit = reactor.After(request.TimeoutMilliseconds, () => TimeOut(process));
        }

        return process;
    }

    /// <summary>Takes in every ended child, our own and the orphans of others.</summary>
    internal void Reap()
    {
        int pid;
        int status;
        while ((pid = Libc.WaitPid(-1, &status, 1)) > 0)
        {
            Reaped++;
            if (_byPid.Remove(pid, out var process))
            {
                process.End(status);
            }
        }
    }

    internal static bool Signal(SandboxProcess process, int signal, SignalTarget target)
    {
        switch (target)
        {
            case SignalTarget.Tree:
                process.SignalTree(signal);
                return true;
            case SignalTarget.Group:
                // Each started process leads a session and a group of its own; the group may outlive it.
                return Libc.Kill(-process.Pid, signal) == 0;
            default:
                return process.Running && Libc.Kill(process.Pid, signal) == 0;
        }
    }

    internal void Forget(SandboxProcess process)
    {
        if (_byId.Remove(process.Id))
        {
            process.Dispose();
        }
    }

    internal ProcessInfo Describe(SandboxProcess process) =>
        new()
        {
            Process = process.Id,
            Pid = process.Pid,
            Label = process.Request.Label,
            Arguments = process.Request.Arguments,
            User = process.Request.User,
            Terminal = process.Size,
            Output = process.Output.Ring.Range,
            Errors = process.Errors?.Ring.Range,
            Viewers = process.ViewerCount,
            AgeMilliseconds = process.AgeMilliseconds,
            Foreground = process.Terminal >= 0 ? Terminals.Foreground(process.Terminal) : 0,
            Exit = process.Exit,
        };

    private static void TimeOut(SandboxProcess process)
    {
        if (process.Running)
        {
            process.TimedOut = true;
            process.SignalTree(Signals.Kill);
        }
    }

    private void Ended(SandboxProcess process)
    {
        _ended.Enqueue(process.Id);
        while (_ended.Count > config.KeptProcesses)
        {
            if (_byId.TryGetValue(_ended.Dequeue(), out var oldest) && oldest != process)
            {
                Forget(oldest);
            }
        }
    }
}
