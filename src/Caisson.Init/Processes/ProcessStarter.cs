using System.Runtime.InteropServices;
using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>Starts processes: opens their terminal or pipes, builds their environment, and hands over to the C code.</summary>
internal sealed unsafe class ProcessStarter
{
    private readonly Reactor _reactor;
    private readonly InitConfig _config;
    private readonly SpawnThread _thread;
    private readonly int _agentsNamespace;
    private readonly ulong[] _filter;
    private readonly int _null;

    internal ProcessStarter(Reactor reactor, InitConfig config, SpawnThread thread, int agentsNamespace, ulong[] filter)
    {
        (_reactor, _config, _thread, _agentsNamespace, _filter) = (reactor, config, thread, agentsNamespace, filter);
        _null = KernelException.Check(Libc.Open("/dev/null", OpenFlags.ReadWrite | OpenFlags.CloseOnExec, 0), "opening /dev/null");
    }

    /// <summary>Starts the process and gives it its pid and streams; returns what is wrong otherwise.</summary>
    internal ControlError? Start(SandboxProcess process)
    {
        var request = process.Request;
        if (Problem(request) is { } problem)
        {
            return new ControlError("bad_request", problem);
        }

        Span<int> ours = [-1, -1, -1];
        Span<int> theirs = [_null, -1, -1];
        try
        {
            Open(request, ours, theirs);
            var spawn = new SpawnRequest
            {
                Input = theirs[0],
                Output = theirs[1],
                Errors = theirs[2],
                Terminal = request.Terminal is null ? 0 : 1,
                OpenFiles = _config.Limits.OpenFiles ?? -1,
                Processes = _config.Limits.Processes ?? -1,
                CoreBytes = _config.Limits.CoreBytes ?? -1,
                UserNamespace = request.User == ProcessUser.Agent ? _agentsNamespace : -1,
                FilterLength = _filter.Length,
            };
            var pid = Spawn(ref spawn, request);
            if (pid < 0)
            {
                return Explain(spawn, request, Directory(request));
            }

            process.Started(pid, spawn.Tree);
            Attach(process, ours);
            return null;
        }
        catch (KernelException e)
        {
            return new ControlError("start_failed", e.Message);
        }
        finally
        {
            Close(theirs[1], theirs[2] == theirs[1] ? -1 : theirs[2], theirs[0] == _null || theirs[0] == theirs[1] ? -1 : theirs[0]);
            Close(ours);
        }
    }

    private static string? Problem(StartRequest request)
    {
        if (request.Arguments.Count == 0 || request.Arguments[0].Length == 0)
        {
            return "arguments: a program is needed";
        }

        foreach (var argument in request.Arguments)
        {
            if (argument.Contains('\0'))
            {
                return "arguments: a NUL character cannot be passed on";
            }
        }

        foreach (var (name, value) in request.Environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0') || value?.Contains('\0') == true)
            {
                return $"environment: {name} is not a possible name, or its value has a NUL character";
            }
        }

        if (request.WorkingDirectory is { } directory && (!directory.StartsWith('/') || directory.Contains('\0')))
        {
            return "workingDirectory: an absolute path is needed";
        }

        if (request.RingBytes is < StartRequest.LeastRing or > StartRequest.MostRing)
        {
            return $"ringBytes: {StartRequest.LeastRing} to {StartRequest.MostRing} are possible";
        }

        return request.Terminal is { } size && !Terminals.IsPossible(size.Columns, size.Rows)
            ? "terminal: 2 to 1000 columns and 1 to 500 rows are possible"
            : null;
    }

    private static void Open(StartRequest request, Span<int> ours, Span<int> theirs)
    {
        if (request.Terminal is { } size)
        {
            var (master, peer) = Terminals.Open(size);
            (ours[1], theirs[0], theirs[1], theirs[2]) = (master, peer, peer, peer);

            // Writing gets a descriptor of its own, so that reading and writing can be waited for apart.
            ours[0] = KernelException.Check(Libc.Fcntl(master, 1030, 3), "copying a terminal's descriptor"); // F_DUPFD_CLOEXEC
            return;
        }

        (ours[1], theirs[1]) = Pipe();
        (ours[2], theirs[2]) = Pipe();
        if (request.Input)
        {
            (theirs[0], ours[0]) = Pipe();
        }

        foreach (var descriptor in ours)
        {
            if (descriptor >= 0)
            {
                _ = KernelException.Check(Libc.Fcntl(descriptor, 4, OpenFlags.NonBlocking), "making a pipe non-blocking"); // F_SETFL
            }
        }

        static (int Read, int Write) Pipe()
        {
            var pair = stackalloc int[2];
            _ = KernelException.Check(Libc.Pipe2(pair, OpenFlags.CloseOnExec), "a pipe");
            return (pair[0], pair[1]);
        }
    }

    private int Spawn(ref SpawnRequest spawn, StartRequest request)
    {
        using var arguments = new NativeStrings(request.Arguments);
        using var environment = new NativeStrings(Environment(request));
        using var score = new NativeStrings([$"{_config.Limits.OomScoreAdjust}"]);
        var directory = Marshal.StringToCoTaskMemUTF8(Directory(request));
        try
        {
            fixed (ulong* filter = _filter)
            fixed (SpawnRequest* pointer = &spawn)
            {
                pointer->Arguments = arguments.Pointers;
                pointer->Environment = environment.Pointers;
                pointer->Directory = (byte*)directory;
                pointer->Filter = filter;
                pointer->OutOfMemoryScore = *score.Pointers;
                return _thread.Spawn(pointer);
            }
        }
        finally
        {
            Marshal.FreeCoTaskMem(directory);
        }
    }

    private string Directory(StartRequest request) => request.WorkingDirectory ?? _config.WorkingDirectory;

    private List<string> Environment(StartRequest request)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!request.ReplaceEnvironment)
        {
            foreach (var (name, value) in _config.Environment)
            {
                merged[name] = value;
            }
        }

        foreach (var (name, value) in request.Environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (value is null)
            {
                _ = merged.Remove(name);
            }
            else
            {
                merged[name] = value;
            }
        }

        var entries = new List<string>(merged.Count);
        foreach (var (name, value) in merged)
        {
            entries.Add($"{name}={value}");
        }

        return entries;
    }

    private static ControlError Explain(SpawnRequest spawn, StartRequest request, string directory)
    {
        var program = request.Arguments[0];
        var cause = Errno.Text(spawn.Error);
        return (spawn.FailedStep, spawn.Error) switch
        {
            (SpawnStep.Execute, Errno.NotFound or Errno.NotDirectory) => new ControlError(
                "not_found",
                $"{program}: no such program in the sandbox{(program.Contains('/') ? "" : "'s PATH")}, or its interpreter is missing"
            ),
            (SpawnStep.Execute, Errno.Denied or Errno.BadExecutable) => new ControlError(
                "not_executable",
                $"{program} cannot be executed: {cause}"
            ),
            (SpawnStep.Directory, _) => new ControlError("no_directory", $"the working directory {directory} cannot be entered: {cause}"),
            _ => new ControlError("start_failed", $"starting {program} failed at the step {spawn.FailedStep}: {cause}"),
        };
    }

    private void Attach(SandboxProcess process, Span<int> ours)
    {
        var terminal = process.Request.Terminal is not null;
        var ring = terminal ? process.Request.RingBytes ?? _config.TerminalRingBytes : _config.RingBytes;
        process.Output = new OutputReader(_reactor, process, ours[1], ring, terminal);
        if (terminal && process.Request.Preface is { } text)
        {
            process.Output.Begin(text);
        }

        ours[1] = -1;
        if (!terminal)
        {
            process.Errors = new OutputReader(_reactor, process, ours[2], _config.RingBytes, terminal: false);
            ours[2] = -1;
        }

        if (ours[0] >= 0)
        {
            process.Input = new InputWriter(_reactor, ours[0], terminal);
            ours[0] = -1;
        }
    }

    private static void Close(params ReadOnlySpan<int> descriptors)
    {
        foreach (var descriptor in descriptors)
        {
            if (descriptor >= 0)
            {
                _ = Libc.Close(descriptor);
            }
        }
    }
}
