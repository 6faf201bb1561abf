using Caisson.Api;
using Caisson.Gateway.Fetches;
using Caisson.Sandboxes;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>Sandboxes that belong to workspaces.</summary>
public sealed partial class SandboxService
{
    /// <summary>A cancelled job is over within 5 s.</summary>
    private static readonly TimeSpan TakenBackWithin = TimeSpan.FromSeconds(2);

    /// <summary>Hears the id of each sandbox that has ended, whoever ended it.</summary>
    internal event Action<string>? Stopped;

    /// <summary>The handle of a sandbox that runs, or null.</summary>
    public ISandbox? Running(string id, string workspace) =>
        _running.TryGetValue(id, out var running) && _store.Find(id)?.Document.Request.Resident?.Workspace == workspace
            ? running.Sandbox
            : null;

    /// <summary>What is held of a sandbox that runs, or null.</summary>
    internal RunningSandbox? Held(string id) => _running.GetValueOrDefault(id);

    internal SandboxRecord? Record(string id) => _store.Find(id);

    internal Task<RunPlan> PlanResidentAsync(RunRequest request, CancellationToken cancellation) =>
        _planner.PlanAsync(request, cancellation);

    /// <summary>An id for a sandbox to come. It is free again when the server starts and nothing was made with it.</summary>
    internal string Reserve(string name) => SandboxIds.Take(_directories, name);

    /// <summary>
    /// Makes sure that the workspace's sandbox runs: nothing happens when it does, one that has stopped is started with its home, else a new one is
    /// made. Never touches a sandbox that doesn't bear the workspace's mark.
    /// </summary>
    internal async Task EnsureResidentAsync(RunPlan plan, string id, ILaunchProgress progress, CancellationToken cancellation)
    {
        var workspace = plan.Request.Resident!.Workspace;
        var earlier = _store.Find(id);
        if (earlier is not null && earlier.Document.Request.Resident?.Workspace != workspace)
            throw new SandboxException("name_taken", $"The sandbox {id} belongs to something else; nothing was changed on it.");
        if (_running.ContainsKey(id))
            return;
        if (earlier is { Runtime: not null })
            await _teardown.AbandonAsync(earlier, cancellation);
        var (record, running) = await _launcher.LaunchAsync(plan, earlier, cancellation, id, progress);
        Follow(record, running);
    }

    /// <summary>Stops the sandbox and keeps its home, with the time that its policy gives. Harmless when it doesn't run or is gone.</summary>
    internal Task<IReadOnlyList<string>> StopResidentAsync(string id, string workspace, CancellationToken cancellation) =>
        StopResidentAsync(id, workspace, TimeSpan.Zero, cancellation);

    /// <param name="grace">How long what runs inside may take to save its work; its policy's own time where that is longer.</param>
    /// <param name="hurry">Ends that time: what still runs is killed.</param>
    internal async Task<IReadOnlyList<string>> StopResidentAsync(
        string id,
        string workspace,
        TimeSpan grace,
        CancellationToken cancellation,
        CancellationToken hurry = default
    ) => IsOf(id, workspace) ? (await StopAsync(id, grace, cancellation, hurry)).Failures : [];

    /// <summary>Takes back a start that somebody cancelled: nobody has worked in there yet, so nothing is waited for long.</summary>
    /// <param name="remove">With its home.</param>
    internal async Task<IReadOnlyList<string>> TakeBackResidentAsync(string id, string workspace, bool remove)
    {
        if (!IsOf(id, workspace))
            return [];
        if (remove)
            return (await RemoveAsync(id, TakenBackWithin, CancellationToken.None)).Failures;
        return _running.TryGetValue(id, out var running)
            ? await EndAsync(
                _store.Find(id)!,
                running,
                preserved: true,
                Shorter(_store.Find(id)!.Document.StopGrace, TakenBackWithin),
                CancellationToken.None
            )
            : await StopResidentAsync(id, workspace, CancellationToken.None);
    }

    private bool IsOf(string id, string workspace) => _store.Find(id)?.Document.Request.Resident?.Workspace == workspace;

    /// <summary>Every sandbox that runs: its id, what people call it, and whose it is, if a workspace's.</summary>
    internal IReadOnlyList<(string Id, string Name, string? Workspace)> AllRunning() =>
        [
            .. _running
                .Keys.Select(_store.Find)
                .OfType<SandboxRecord>()
                .Select(record => (record.Id, record.Name, record.Document.Request.Resident?.Workspace)),
        ];

    /// <summary>Stops one with the server and keeps its files. Harmless when it doesn't run.</summary>
    internal Task StopWithServerAsync(string id, TimeSpan grace, CancellationToken cancellation) =>
        _store.Find(id) is { } record && _running.TryGetValue(id, out var running)
            ? EndAsync(record, running, preserved: true, Shorter(grace, record.Document.StopGrace), cancellation)
            : Task.CompletedTask;

    /// <summary>Removes the sandbox with its home. Harmless when it is gone.</summary>
    internal async Task<IReadOnlyList<string>> RemoveResidentAsync(string id, string workspace, CancellationToken cancellation) =>
        IsOf(id, workspace) ? (await RemoveAsync(id, cancellation)).Failures : [];

    /// <summary>
    /// Writes again what Caisson manages in the home, as at the launch. A sandbox that was taken over from an earlier server keeps what it has until it is
    /// started again.
    /// </summary>
    internal Task ProvisionAgainAsync(string id, CancellationToken cancellation) =>
        _running.TryGetValue(id, out var running) && running.Provision is { } provision ? provision(cancellation) : Task.CompletedTask;

    /// <summary>When its gateway last decided about a request, or null: each decision is written down then.</summary>
    internal DateTimeOffset? LastRequest(string id) =>
        new FileInfo(_directories.Sandbox(id).Decisions) is { Exists: true } log ? new DateTimeOffset(log.LastWriteTimeUtc) : null;

    /// <summary>What its gateway has refused since then: the request, the reason and the rule.</summary>
    internal IEnumerable<string> Denials(string id, DateTimeOffset since) =>
        _decisions
            .RecentDenials(id, 50)
            .Where(denial => denial.Time >= since)
            .Select(denial => $"{denial.Method} {denial.Host}:{denial.Port}{denial.Path}: {denial.Reason} by {denial.Rule}");

    /// <summary>What git reads in it is fetched together with others that start, until this is disposed. Null: it doesn't run.</summary>
    /// <param name="asked">No answer is older.</param>
    internal FetchSharing? ShareFetches(string id, DateTimeOffset asked) =>
        _running.TryGetValue(id, out var running) ? running.Exit.ShareFetches(asked) : null;

    /// <summary>Bytes in its home as last measured, or null.</summary>
    internal long? DiskUsed(string id) => _limits.DiskUsed(id);

    /// <summary>The newest word about a limit that begins like this, or null.</summary>
    internal string? LastLimit(string id, string prefix) =>
        _store
            .Events(id, 50)
            .LastOrDefault(entry => entry.Kind == "limit" && entry.Text.StartsWith(prefix, StringComparison.Ordinal))
            ?.Text;

    /// <summary>Takes the values that this sandbox's gateway knows out of a text.</summary>
    internal string Mask(string id, string text) => _running.TryGetValue(id, out var running) ? running.Exit.Mask(text) : text;
}
