using System.Collections.Concurrent;
using Caisson.Api;
using Caisson.Audit;
using Caisson.Sandboxes;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Store;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>
/// All that can be done with sandboxes. The database says what exists; this holds the handles of what runs. Every change of one sandbox is
/// serialised by its own lock.
/// </summary>
public sealed partial class SandboxService : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RunningSandbox> _running = new(StringComparer.Ordinal);
    private readonly RunPlanner _planner;
    private readonly Launcher _launcher;
    private readonly Teardown _teardown;
    private readonly Adoption _adoption;
    private readonly SandboxStore _store;
    private readonly IDecisionLog _decisions;
    private readonly ILogger<SandboxService> _logger;
    private readonly LimitMonitor _limits;
    private readonly CaissonDirectories _directories;

    internal SandboxService(
        RunPlanner planner,
        Launcher launcher,
        Teardown teardown,
        Adoption adoption,
        SandboxStore store,
        IDecisionLog decisions,
        CaissonDirectories directories,
        TimeProvider time,
        ILogger<SandboxService> logger
    )
    {
        _planner = planner;
        _launcher = launcher;
        _teardown = teardown;
        _adoption = adoption;
        _store = store;
        _decisions = decisions;
        _logger = logger;
        _directories = directories;
        _limits = new LimitMonitor(Watched, directories, store, time);
    }

    /// <summary>Takes over what an earlier server left running and cleans up what it left half-made. Called once, before the API opens.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        SandboxIds.ReturnUnused(_directories);
        _store.Prune();
        foreach (var record in _store.All())
        {
            if (record.State is not (SandboxState.Running or SandboxState.Starting))
                continue;
            await TakeOverAsync(record, cancellation);
        }
    }

    /// <summary>One sandbox that can't be taken over must not keep the server of all others from starting. It stays sealed: it has no exit.</summary>
    private async Task TakeOverAsync(SandboxRecord record, CancellationToken cancellation)
    {
        try
        {
            if (await _adoption.TryAdoptAsync(record, cancellation) is { } adopted)
            {
                LogAdopted(record.Id);
                Follow(record, adopted);
            }
            else
                await _teardown.AbandonAsync(record, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogAdoptionFailed(record.Id, exception);
            _store.Log(record.Id, "warning", $"could not be taken over after a restart of the server: {exception.Message}");
        }
    }

    /// <summary>Where homes lie.</summary>
    internal string Folder => _directories.Sandboxes;

    public async Task<PlanResponse> PlanAsync(RunRequest request, CancellationToken cancellation) =>
        (await _planner.PlanAsync(request, cancellation)).Response;

    /// <summary>The plan that a resume of this sandbox would follow.</summary>
    public Task<PlanResponse> ResumePlanAsync(string name, CancellationToken cancellation) =>
        PlanAsync(Find(name).Document.Resumed(), cancellation);

    public async Task<SandboxResponse> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        var plan = await _planner.PlanAsync(request, cancellation);
        if (request.PlanHash is { } seen && seen != plan.Response.Hash)
            throw new SandboxException(
                "plan_changed",
                "The plan has changed since it was shown; nothing was started.",
                "Look at the new plan and start again."
            );
        var (record, running) = await _launcher.LaunchAsync(plan, earlier: null, cancellation);
        Follow(record, running);
        return Response(record);
    }

    public async Task<SandboxResponse> ResumeAsync(string name, ResumeRequest request, CancellationToken cancellation)
    {
        var record = Find(name);
        if (_running.ContainsKey(record.Id) || record.State is SandboxState.Running or SandboxState.Starting)
            throw new SandboxException("state_conflict", $"The sandbox {record.Id} is running.", $"caisson attach {record.Id}");
        var again = record.Document.Resumed() with { Terminal = request.Terminal, Values = request.Values };
        var plan = await _planner.PlanAsync(again, cancellation);
        var (resumed, running) = await _launcher.LaunchAsync(plan, record, cancellation);
        Follow(resumed, running);
        return Response(resumed);
    }

    public IReadOnlyList<SandboxResponse> List() => [.. _store.All().Select(Response)];

    public SandboxResponse Get(string name) => Response(Find(name));

    public Task<TeardownResponse> StopAsync(string name, CancellationToken cancellation) => StopAsync(name, TimeSpan.Zero, cancellation);

    /// <param name="least">At least this long may what runs inside take to end.</param>
    /// <param name="hurry">Ends the patience: what still runs is killed.</param>
    private async Task<TeardownResponse> StopAsync(
        string name,
        TimeSpan least,
        CancellationToken cancellation,
        CancellationToken hurry = default
    )
    {
        var record = Find(name);
        if (!_running.TryGetValue(record.Id, out var running))
        {
            if (record.Runtime is not null)
                await _teardown.AbandonAsync(record, cancellation);
            return new TeardownResponse([]);
        }
        return new TeardownResponse(
            await EndAsync(record, running, preserved: true, Longer(record.Document.StopGrace, least), cancellation, hurry)
        );
    }

    public Task<TeardownResponse> RemoveAsync(string name, CancellationToken cancellation) =>
        RemoveAsync(name, TimeSpan.MaxValue, cancellation);

    /// <param name="most">What runs inside may take no longer to end.</param>
    private async Task<TeardownResponse> RemoveAsync(string name, TimeSpan most, CancellationToken cancellation)
    {
        var record = Find(name);
        var failures = new List<string>();
        if (_running.TryGetValue(record.Id, out var running))
            failures.AddRange(await EndAsync(record, running, preserved: false, Shorter(record.Document.StopGrace, most), cancellation));
        else if (record.Runtime is not null)
            await _teardown.AbandonAsync(record, cancellation);
        // Its own end may have removed it already.
        if (_store.Find(record.Id) is null)
            return new TeardownResponse(failures);
        failures.AddRange(_teardown.Remove(record));
        return new TeardownResponse(failures);
    }

    /// <summary>A sandbox by its id, with its handle while it runs; null when there is none.</summary>
    internal (SandboxRecord Record, ISandbox? Sandbox)? FindById(string id) =>
        _store.Find(id) is { } record ? (record, _running.GetValueOrDefault(id)?.Sandbox) : null;

    /// <summary>What happened, oldest first, the gateway's refusals among it.</summary>
    public IReadOnlyList<LogEntry> Logs(string name, int limit)
    {
        var record = Find(name);
        var denials = _decisions
            .RecentDenials(record.Id, Math.Min(limit, 200))
            .Select(denial => new LogEntry(
                denial.Time,
                "denied",
                $"{denial.Method} {denial.Host}:{denial.Port}{denial.Path} {denial.Reason} by {denial.Rule} ({denial.Id})"
            ));
        return [.. _store.Events(record.Id, limit).Concat(denials).OrderBy(entry => entry.Time).TakeLast(limit)];
    }

    /// <summary>The work in a clone or copy since the launch.</summary>
    public async Task<PatchResponse> PatchAsync(string name, CancellationToken cancellation)
    {
        var record = Find(name);
        var patch = _running.TryGetValue(record.Id, out var running)
            ? await SandboxPatch.MakeAsync(record, running.Sandbox, cancellation)
            : _teardown.SavedPatch(record);
        return new PatchResponse(patch, record.Document.RepositoryRoot, record.Document.BaseCommit);
    }

    /// <summary>Lets go of every handle. The sandboxes run on and are adopted by the next server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _limits.DisposeAsync();
        _running.Clear();
    }

    private IReadOnlyList<LimitMonitor.Watched> Watched() =>
        [.. _running.Values.Select(running => new LimitMonitor.Watched(running.Sandbox, running.Sandbox.Runtime.Limits))];

    private void Follow(SandboxRecord record, RunningSandbox running)
    {
        _running[record.Id] = running;
        _ = FollowAsync(record, running);
    }

    /// <summary>Waits for the end of the main program and does what its exit code asks for.</summary>
    private async Task FollowAsync(SandboxRecord record, RunningSandbox running)
    {
        try
        {
            Init.Protocol.Control.ProcessExit? exit = null;
            if (record.Process is { } process)
                exit = await MainProgram.WaitAsync(running.Sandbox, (uint)process);
            else
                await running.Sandbox.Exited;
            await running.Ending.WaitAsync();
            try
            {
                // Someone else has ended it, or this server leaves it to the next one.
                if (!_running.TryGetValue(record.Id, out var current) || current != running)
                    return;
                if (await _teardown.FinishAsync(record, running, exit) is { } response)
                    Ended(record.Id, running, response);
            }
            finally
            {
                running.Ending.Release();
            }
        }
#pragma warning disable CA1031 // Nobody awaits this; a bug here has to reach the log and the waiting command.
        catch (Exception exception)
        {
            LogFollowFailed(record.Id, exception);
            Ended(record.Id, running, new FinishResponse(true, false, [$"ending the sandbox failed: {exception.Message}"]));
        }
#pragma warning restore CA1031
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>Ends a sandbox because someone asked for it. What has begun is finished, whether or not the asker stays.</summary>
    /// <param name="grace">At most this long between SIGTERM and SIGKILL.</param>
    private async Task<IReadOnlyList<string>> EndAsync(
        SandboxRecord record,
        RunningSandbox running,
        bool preserved,
        TimeSpan grace,
        CancellationToken cancellation,
        CancellationToken hurry = default
    )
    {
        await running.Ending.WaitAsync(cancellation);
        try
        {
            if (running.Finished.Task.IsCompleted)
                return (await running.Finished.Task).Failures;
            var failures = await _teardown.StopAsync(
                record,
                running,
                SandboxState.Stopped,
                exit: null,
                grace,
                CancellationToken.None,
                hurry
            );
            Ended(record.Id, running, new FinishResponse(preserved, preserved && _teardown.HasWork(record), failures));
            return failures;
        }
        finally
        {
            running.Ending.Release();
        }
    }

    private void Ended(string id, RunningSandbox running, FinishResponse response)
    {
        _running.TryRemove(new KeyValuePair<string, RunningSandbox>(id, running));
        running.Finished.TrySetResult(response);
        Stopped?.Invoke(id);
    }

    /// <summary>By id, or by a name that only one sandbox has.</summary>
    private SandboxRecord Find(string name)
    {
        if (SandboxId.IsValid(name) && _store.Find(name) is { } exact)
            return exact;
        var named = _store.All().Where(record => record.Name == name).ToList();
        return named switch
        {
            [var one] => one,
            [] => throw new SandboxException("unknown_sandbox", $"There is no sandbox '{name}'.", "caisson ls"),
            _ => throw new SandboxException(
                "unknown_sandbox",
                $"Several sandboxes are named '{name}': {string.Join(", ", named.Select(record => record.Id))}.",
                "Use one of these ids."
            ),
        };
    }

    private (SandboxRecord Record, RunningSandbox Running) Running(string name)
    {
        var record = Find(name);
        // Its owner and shares decide who is in there; this API asks for neither.
        if (record.Document.Request.Resident is { } resident)
            throw new SandboxException(
                "not_supported",
                $"The sandbox {record.Id} belongs to the workspace {resident.Workspace}.",
                "Open a terminal in the workspace."
            );
        return _running.TryGetValue(record.Id, out var running)
            ? (record, running)
            : throw new SandboxException(
                "state_conflict",
                $"The sandbox {record.Id} is not running ({record.State.ToString().ToLowerInvariant()}).",
                $"caisson resume {record.Id}"
            );
    }

    private SandboxResponse Response(SandboxRecord record) =>
        new()
        {
            Id = record.Id,
            Name = record.Name,
            State = record.State.ToString().ToLowerInvariant(),
            Agent = record.Document.Agent,
            Driver = record.Document.Driver,
            Directory = record.Document.Directory,
            Policies = record.Document.Policies,
            Created = record.Created,
            Process = (int?)record.Process,
            ExitCode = record.ExitCode,
            Detail = record.Detail,
            CaFingerprint = record.Document.CaFingerprint,
            MemoryBytes = _running.TryGetValue(record.Id, out var running) ? running.Sandbox.Measure().MemoryBytes : null,
            Stages = record.Stages,
        };

    [LoggerMessage(1, LogLevel.Information, "Adopted the running sandbox {Id}")]
    private partial void LogAdopted(string id);

    [LoggerMessage(3, LogLevel.Error, "The sandbox {Id} could not be taken over")]
    private partial void LogAdoptionFailed(string id, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Following the sandbox {Id} failed")]
    private partial void LogFollowFailed(string id, Exception exception);
}
