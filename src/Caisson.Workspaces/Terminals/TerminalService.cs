using System.Collections.Concurrent;
using Caisson.Identity;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Sandboxes;
using Caisson.Workspaces.Recordings;
using Microsoft.Extensions.Logging;
using RecordingMode = Caisson.Policy.Manifest.RecordingMode;

namespace Caisson.Workspaces.Terminals;

/// <summary>All terminals of this installation: makes, finds, lists and ends them, within limits.</summary>
public sealed partial class TerminalService : IAsyncDisposable
{
    /// <summary>PID 1's note on processes that are terminals.</summary>
    internal const string Label = "terminal";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_readable = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_clock = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, TerminalSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _pending = new(StringComparer.Ordinal);
    private readonly Lock _limits = new();
    private readonly TerminalStore _store;
    private readonly IReadOnlyList<ITerminalHost> _hosts;
    private readonly RecordingService _recordings;
    private readonly TimeProvider _time;
    private readonly ILogger<TerminalService> _logger;
    private readonly MemoryAdmission _memory = new();
    private readonly BulkWork _bulk = new();
    private readonly RingMemory _rings;
    private readonly ITimer _sweeper;
    private readonly ITimer _clock;

    /// <param name="hosts">Asked in this order.</param>
    /// <param name="ringMemory">Bytes that all rings may hold in memory before the longest idle are moved to disk.</param>
    internal TerminalService(
        TerminalStore store,
        IReadOnlyList<ITerminalHost> hosts,
        RecordingService recordings,
        TimeProvider time,
        ILogger<TerminalService> logger,
        long ringMemory = RingMemory.UsualLimit
    )
    {
        (_store, _hosts, _recordings, _time, _logger) = (store, hosts, recordings, time, logger);
        _rings = new RingMemory(ringMemory, () => _sessions.Select(pair => pair.Value), time, logger);
        _sweeper = time.CreateTimer(_ => _ = SweepAsync(), null, s_sweep, s_sweep);
        _clock = time.CreateTimer(_ => LookAtClock(), null, s_clock, s_clock);
    }

    /// <summary>Is told when a terminal was made, or something of it that the list shows has changed. Called on threads that have better to do: only notes it.</summary>
    public Action<TerminalSession>? Changed { get; set; }

    /// <summary>Goes on with what an earlier server left. Called once, after sandboxes were taken over and before the API opens.</summary>
    public void Start()
    {
        foreach (var record in _store.All())
        {
            if (Place(record.Workspace) is { Sandbox: { } sandbox } place)
                Follow(record, place, sandbox, record.Recording is { } id ? _recordings.Resume(id, place) : null);
            else
                _store.Delete(record.Id);
        }
        _recordings.EndOthers();
    }

    /// <summary>Where terminals of a workspace are; null for what does not exist.</summary>
    public TerminalPlace? Place(string workspace)
    {
        foreach (var host in _hosts)
        {
            if (host.Find(workspace) is { } place)
                return place;
        }
        return null;
    }

    /// <summary>Null for what does not exist.</summary>
    public TerminalSession? Find(string id) => _sessions.GetValueOrDefault(id);

    /// <summary>Bytes of output that all terminals hold in memory.</summary>
    public long RingsInMemory => _rings.Held;

    /// <summary>Why output that should be on disk is in memory; null when all is well.</summary>
    public string? RingTrouble => _rings.Trouble;

    /// <summary>Those of a workspace, oldest first, ended ones that can still be read among them.</summary>
    public IReadOnlyList<TerminalSession> List(string workspace) =>
        [
            .. _sessions
                .Values.Where(session => session.Record.Workspace == workspace)
                .OrderBy(session => session.Record.Created)
                .ThenBy(session => session.Id, StringComparer.Ordinal),
        ];

    /// <summary>How many terminals of a workspace run.</summary>
    public int CountOpen(string workspace)
    {
        // Without the copy of all that Values makes: a list asks for each of its rows.
        var open = 0;
        foreach (var (_, session) in _sessions)
            open += session.Record is { Exit: null } record && record.Workspace == workspace ? 1 : 0;
        return open;
    }

    /// <exception cref="SandboxException"><c>state_conflict</c>, <c>terminal_limit</c>, <c>shell_not_found</c>, <c>invalid_request</c>.</exception>
    public async Task<TerminalSession> CreateAsync(TerminalPlace place, NewTerminal request, CancellationToken cancellation)
    {
        if (place.Sandbox is not { } sandbox)
            throw new SandboxException("state_conflict", $"{place.Workspace} does not run, so it has no terminals.", "Start it first.");
        if (!TerminalSession.IsSize(request.Columns, request.Rows))
            throw new SandboxException("invalid_request", "columns, rows: 2 to 1000 columns and 1 to 500 rows are possible.");
        Reserve(place);
        try
        {
            var command = request.Command is { Count: > 0 } given ? given : place.Shell;
            var record = new TerminalRecord
            {
                Id = Identifier.New('t'),
                Workspace = place.Workspace,
                Process = 0,
                Label = CleanLabel(request.Label) ?? Path.GetFileName(command[0]),
                Command = command,
                Directory = request.Directory ?? place.Directory,
                Created = _time.GetUtcNow(),
                Columns = request.Columns,
                Rows = request.Rows,
                RingBytes = place.RingBytes,
            };
            var recorder = place.Recording == RecordingMode.Off ? null : Record(place, record);
            try
            {
                var (started, directory) = await StartAsync(place, sandbox, request, command, cancellation);
                record = record with { Process = started.Process, Directory = directory, Recording = recorder?.Info.Id };
                _store.Write(record);
            }
            catch (Exception exception)
            {
                recorder?.End(null, $"the terminal did not start: {exception.Message}");
                if (recorder is not null)
                    _recordings.Close(recorder);
                throw;
            }
            var session = Follow(record, place, sandbox, recorder);
            Changed?.Invoke(session);
            return session;
        }
        finally
        {
            lock (_limits)
                _pending[place.Workspace]--;
        }
    }

    /// <summary>The label, or null for none; 1 to 60 characters without control characters.</summary>
    /// <exception cref="SandboxException"><c>invalid_request</c>.</exception>
    public static string? CleanLabel(string? label) =>
        label is null ? null
        : label.Trim() is { Length: >= 1 and <= 60 } clean && !clean.Any(char.IsControl) ? clean
        : throw new SandboxException("invalid_request", "label: 1 to 60 characters without control characters are possible.");

    /// <summary>Ends a terminal and everything that it started; one that has ended is forgotten. Asked again, it goes on as begun.</summary>
    public async Task CloseAsync(TerminalSession session, string who, CancellationToken cancellation)
    {
        if (session.Record.Exit is not null)
        {
            await RemoveAsync(session);
            return;
        }
        session.Update(record => record.Closing is null ? record with { Closing = who } : record);
        try
        {
            if (Place(session.Record.Workspace)?.Sandbox is { } sandbox)
                await sandbox.Init.CloseAsync(session.Record.Process, s_grace, cancellation);
        }
        catch (InitException exception) when (exception.IsTransport || exception.Code == "no_such_process")
        {
            // The sandbox or the process has ended meanwhile; the session learns it from there.
        }
    }

    /// <summary>Tells viewers that this server ends, and saves where each terminal is.</summary>
    /// <param name="ends">Whether sandboxes, and terminals with them, end with the server.</param>
    public void SayRestart(bool ends)
    {
        var message = ends ? "Caisson is being stopped, and the terminal with it." : "Caisson is being restarted. The terminal lives on.";
        foreach (var session in _sessions.Values)
            session.SayRestart(message, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _sweeper.DisposeAsync();
        await _clock.DisposeAsync();
        foreach (var session in _sessions.Values)
            await session.DisposeAsync();
        _sessions.Clear();
        await _rings.DisposeAsync();
        _bulk.Dispose();
    }

    /// <summary>Null where recording is wished and can't be: that is told, and the terminal runs.</summary>
    private Recorder? Record(TerminalPlace place, TerminalRecord record)
    {
        try
        {
            return _recordings.Begin(place, record);
        }
        catch (SandboxException exception) when (place.Recording == RecordingMode.On)
        {
            LogNotRecorded(exception, record.Id);
            return null;
        }
    }

    private TerminalSession Follow(TerminalRecord record, TerminalPlace place, ISandbox sandbox, Recorder? recorder)
    {
        var session = new TerminalSession(record, sandbox, _store, recorder, _bulk, _rings, _time, OnChanged);
        _sessions[record.Id] = session;
        if (recorder is not null)
            recorder.Failed = why => NotRecorded(session, place, why);
        if (recorder is null && record.Recording is not null && place.Recording == RecordingMode.Required && record.Exit is null)
            NotRecorded(session, place, "its recording can't be gone on with");
        session.Follow();
        return session;
    }

    /// <summary>What there is to start another terminal with.</summary>
    public TerminalMemory MemoryOf(TerminalPlace place)
    {
        lock (_limits)
            return Memory(place, _pending.GetValueOrDefault(place.Workspace));
    }

    private TerminalMemory Memory(TerminalPlace place, int starting) =>
        _memory.Look(place.Workspace, place.Sandbox?.Measure().WorkingSetBytes, place.Sandbox?.Runtime.Limits.MemoryBytes, starting);

    private void Reserve(TerminalPlace place)
    {
        lock (_limits)
        {
            var open = List(place.Workspace).Where(session => session.Record.Exit is null).ToList();
            var pending = _pending.GetValueOrDefault(place.Workspace);
            if (open.Count + pending >= place.MaximumTerminals)
                throw new SandboxException(
                    "terminal_limit",
                    $"{place.MaximumTerminals} terminals are open in this workspace; more are not allowed.",
                    "Use one of them, or end one.",
                    details: [.. open.Select(session => $"{session.Id} {session.Record.Label}")]
                );
            var memory = Memory(place, pending);
            if (memory.Refuses)
                throw new SandboxException(
                    "memory_pressure",
                    $"The sandbox uses {memory.Used >> 20} MiB of {memory.Limit >> 20} MiB, and {memory.Pending >> 20} MiB are set aside for terminals that start; a new terminal is started when less than {memory.AdmitBelow >> 20} MiB are in use.",
                    "End what is not needed, or have the operator raise the limit."
                );
            _pending[place.Workspace] = pending + 1;
        }
    }

    private static async Task<(StartedProcess Started, string Directory)> StartAsync(
        TerminalPlace place,
        ISandbox sandbox,
        NewTerminal request,
        IReadOnlyList<string> command,
        CancellationToken cancellation
    )
    {
        var directory = request.Directory ?? place.Directory;
        var start = new StartRequest
        {
            Arguments = command,
            WorkingDirectory = directory,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["TERM"] = "xterm-256color",
                ["COLORTERM"] = "truecolor",
            },
            Terminal = new TerminalSize(request.Columns, request.Rows),
            Label = Label,
            RingBytes = place.RingBytes,
            HoldOutput = place.Recording == RecordingMode.Required,
            Preface = request.Command is { Count: > 0 } ? null : place.Banner,
        };
        try
        {
            return (await sandbox.Init.StartAsync(start, cancellation), directory);
        }
        catch (InitException exception) when (exception.Code == "no_directory" && request.Directory is null)
        {
            var home = Launching.SandboxEnvironment.Home;
            return (await sandbox.Init.StartAsync(start with { WorkingDirectory = home }, cancellation), home);
        }
        catch (InitException exception) when (exception.Code is "not_found" or "not_executable")
        {
            throw new SandboxException("shell_not_found", exception.Message, "Name another command, or install it in the workspace.");
        }
        catch (InitException exception) when (exception.Code is "no_directory" or "bad_request")
        {
            throw new SandboxException("invalid_request", exception.Message);
        }
    }

    private async Task RemoveAsync(TerminalSession session)
    {
        if (!_sessions.TryRemove(session.Id, out _))
            return;
        await session.DisposeAsync();
        if (session.Recorder is { } recorder)
            _recordings.Close(recorder);
        _store.Delete(session.Id);
        try
        {
            if (Place(session.Record.Workspace)?.Sandbox is { } sandbox)
                await sandbox.Init.ForgetAsync(session.Record.Process);
        }
        catch (InitException)
        {
            // Forgotten already, or the sandbox is gone with it.
        }
    }

    /// <summary>Its recording has ended before it. Where it has to be recorded, it ends, too.</summary>
    private void NotRecorded(TerminalSession session, TerminalPlace place, string why)
    {
        LogRecordingEnded(session.Id, why);
        if (session.Recorder is { } recorder)
            _recordings.Close(recorder);
        if (place.Recording == RecordingMode.Required)
            _ = CloseUnrecordedAsync(session, why);
    }

    private async Task CloseUnrecordedAsync(TerminalSession session, string why)
    {
        try
        {
            await CloseAsync(session, $"the policy (recording: required), because it can't be recorded: {why}", CancellationToken.None);
        }
#pragma warning disable CA1031 // Nobody awaits this; a bug here has to reach the log.
        catch (Exception exception)
        {
            LogSweepFailed(exception);
        }
#pragma warning restore CA1031
    }

    private void OnChanged(TerminalSession session)
    {
        if (session is { Record.Exit: not null, Recorder: { } recorder })
            _recordings.Close(recorder);
        Changed?.Invoke(session);
    }

    private void LookAtClock()
    {
        foreach (var session in _sessions.Values)
            session.LookAtClock();
    }

    private async Task SweepAsync()
    {
        try
        {
            _rings.Look();
            var now = _time.GetUtcNow();
            foreach (var session in _sessions.Values)
            {
                if (session.Record.Exit is { } exit)
                {
                    if (now - exit.Time > s_readable)
                        await RemoveAsync(session);
                }
                else if (Place(session.Record.Workspace)?.IdleLimit is { } limit && session.LookForIdle(limit))
                    await CloseAsync(session, "the idle limit", CancellationToken.None);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this; a bug here has to reach the log, and the next sweep tries again.
        catch (Exception exception)
        {
            LogSweepFailed(exception);
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(2, LogLevel.Error, "The terminal {Id} runs without the recording that its policy asks for")]
    private partial void LogNotRecorded(Exception exception, string id);

    [LoggerMessage(3, LogLevel.Warning, "The recording of terminal {Id} has ended: {Why}")]
    private partial void LogRecordingEnded(string id, string why);

    [LoggerMessage(1, LogLevel.Error, "Looking for idle and ended terminals failed")]
    private partial void LogSweepFailed(Exception exception);
}
