using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Storage;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Lifecycle;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Templates;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Workspaces;

/// <param name="Id">Whose it becomes.</param>
/// <param name="Dotfiles">The repository of their own settings, or null.</param>
public sealed record Person(string Id, string Name, string Address, string? Dotfiles = null);

/// <param name="Cost"><c>small</c>, <c>medium</c> or <c>large</c>.</param>
/// <param name="Quota">What is left of what bounds a start.</param>
public sealed record WorkspacePlan(PlanResponse Plan, string Cost, IReadOnlyList<PlanQuota> Quota);

/// <param name="Existing">It was there already; nothing was made.</param>
public sealed record CreatedWorkspace(WorkspaceRecord Workspace, JobRecord? Job, bool Existing);

/// <summary>
/// All that can be done with workspaces. Requests only write down what is wished, as a job in the same transaction, and answer; jobs and the reconciler
/// do the work. Rights are checked before.
/// </summary>
public sealed partial class WorkspaceService : IAsyncDisposable
{
    private static readonly TimeSpan KeyKept = TimeSpan.FromHours(24);

    private static readonly TimeSpan HashKept = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (long Read, string? Hash)> _hashes = new(StringComparer.Ordinal);
    private readonly WorkspaceStore _store;
    private readonly JobStore _jobs;
    private readonly JobLog _log;
    private readonly EventStream _events;
    private readonly TemplateCatalog _templates;
    private readonly SandboxService _sandboxes;
    private readonly WorkspaceJobs _work;
    private readonly JobRunner _runner;
    private readonly Reconciler _reconciler;
    private readonly WorkspaceLeases _leases;
    private readonly TimeProvider _time;

    internal WorkspaceService(
        WorkspaceStore store,
        JobStore jobs,
        JobLog log,
        EventStream events,
        TemplateCatalog templates,
        SandboxService sandboxes,
        WorkspaceJobs work,
        WorkspaceLeases leases,
        TimeSpan homeKept,
        TimeSpan idle,
        TimeProvider time,
        ILogger<Reconciler> logger
    )
    {
        (_store, _jobs, _log, _events, _templates, _sandboxes, _time) = (store, jobs, log, events, templates, sandboxes, time);
        _leases = leases;
        HomeKept = homeKept;
        Uses = new WorkspaceUses(sandboxes, idle, time.GetUtcNow());
        _work = work;
        _runner = new JobRunner(
            async (job, cancelled, stopping) =>
            {
                await work.RunAsync(job, cancelled, stopping);
                _reconciler?.Wake();
            }
        );
        _reconciler = new Reconciler(store, jobs, log, sandboxes, leases, _runner, this, time, logger);
    }

    /// <summary>How long the home of a deleted workspace is kept.</summary>
    public TimeSpan HomeKept { get; }

    public WorkspaceUses Uses { get; }

    public WorkspaceStore Store => _store;

    public JobStore Jobs => _jobs;

    public JobLog Log => _log;

    public EventStream Events => _events;

    public TemplateCatalog Templates => _templates;

    /// <summary>Goes on with what an earlier server left. Called once, after the sandboxes were taken over.</summary>
    public void Start()
    {
        foreach (var job in _jobs.Active())
            _runner.Enqueue(job);
        _reconciler.Start();
    }

    /// <summary>One look of the reconciler, now and to its end.</summary>
    internal Task LookAsync() => _reconciler.PassAsync();

    /// <summary>The sandbox of a workspace that runs, or null.</summary>
    public ISandbox? Sandbox(WorkspaceRecord workspace) => workspace.Sandbox is { } id ? _sandboxes.Running(id, workspace.Id) : null;

    internal RunningSandbox? Held(string sandbox) => _sandboxes.Held(sandbox);

    public int? Position(string job) => _runner.Position(job);

    /// <summary>What a workspace from this template would be. Changes nothing.</summary>
    public async Task<WorkspacePlan> PlanAsync(Person person, string template, NewWorkspaceRequest request, CancellationToken cancellation)
    {
        var version = _templates.Get(template);
        var document = TemplateInput.Document("w-plan", version, _templates, request, (person.Name, person.Address), person.Dotfiles);
        var name = request.Name ?? version.Manifest.Name;
        var plan = await _sandboxes.PlanResidentAsync(WorkspaceRequest.Of(name, document), cancellation);
        var (memory, allMemory) = MachineRoom.Memory();
        var (disk, allDisk) = MachineRoom.Disk(_sandboxes.Folder);
        var begun = _jobs.Active().Count(job => job.State != JobState.Queued);
        return new WorkspacePlan(
            plan.Response,
            CostClass.Of(plan.Limits),
            [
                new PlanQuota("starts", Math.Max(0, JobRunner.DefaultLimit - begun), JobRunner.DefaultLimit, "jobs"),
                new PlanQuota("memory", memory, allMemory, "bytes"),
                new PlanQuota("disk", disk, allDisk, "bytes"),
            ]
        );
    }

    /// <param name="key">The caller's Idempotency-Key, or null.</param>
    /// <exception cref="SandboxException">Nothing was made; says why.</exception>
    public CreatedWorkspace Create(Person owner, string actor, NewWorkspaceRequest request, string? key)
    {
        var template = _templates.Get(request.Template);
        var name = request.Name ?? template.Manifest.Name;
        var id = Identifier.New('w');
        var jobId = Identifier.New('j');
        var document = TemplateInput.Document(id, template, _templates, request, (owner.Name, owner.Address), owner.Dotfiles);
        var now = _time.GetUtcNow();
        var hash = Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WorkspaceJson.Default.NewWorkspaceRequest))
        );
        var made = _events.Do(
            (connection, transaction, added) =>
            {
                if (key is not null && Known(connection, transaction, owner.Id, key, hash, now) is { } earlier)
                    return earlier;
                if (WorkspaceStore.FindByName(connection, transaction, owner.Id, name) is { } there)
                    return there.Template == template.Manifest.Name
                        ? new CreatedWorkspace(there, null, Existing: true)
                        : throw new SandboxException(
                            "name_taken",
                            $"You have a workspace '{name}' from the template {there.Template} already.",
                            "Choose another name."
                        );
                var workspace = new WorkspaceRecord
                {
                    Id = id,
                    Owner = owner.Id,
                    Name = name,
                    Title = request.Title is { } title
                        ? WorkspaceTitles.Demand(connection, transaction, owner.Id, id, title)
                        : WorkspaceTitles.Free(connection, transaction, owner.Id, id, name),
                    Template = template.Manifest.Name,
                    TemplateHash = template.Hash,
                    Observed = WorkspaceState.Queued,
                    Desired = DesiredState.Running,
                    Since = now,
                    Reason = "create",
                    Message = "",
                    Actor = actor,
                    Document = document,
                    Job = jobId,
                    Version = 1,
                    Created = now,
                    LastUsed = now,
                };
                WorkspaceStore.Insert(connection, transaction, added, workspace);
                var job = _jobs.Insert(connection, transaction, added, jobId, workspace, JobKinds.Create, actor);
                if (key is not null)
                    Remember(connection, transaction, owner.Id, key, hash, workspace.Id, job.Id, now);
                return new CreatedWorkspace(workspace, job, Existing: false);
            }
        );
        if (made is { Existing: false, Job: { State: JobState.Queued } queued })
            _runner.Enqueue(queued);
        return made;
    }

    /// <summary>Whether the template has changed since. A list asks this for each of its workspaces, so an answer holds a few seconds.</summary>
    public bool IsOutdated(WorkspaceRecord workspace)
    {
        var now = _time.GetTimestamp();
        if (!_hashes.TryGetValue(workspace.Template, out var known) || _time.GetElapsedTime(known.Read, now) > HashKept)
            _hashes[workspace.Template] = known = (now, _templates.VersionOf(workspace.Template));
        return known.Hash is { } hash && hash != workspace.TemplateHash;
    }

    public async ValueTask DisposeAsync() => await EndWorkAsync();

    private CreatedWorkspace? Known(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        string owner,
        string key,
        string hash,
        DateTimeOffset now
    )
    {
        connection.Execute("DELETE FROM idempotency_keys WHERE created < @old", new { old = Timestamp.Format(now - KeyKept) }, transaction);
        var (known, workspace, job) = connection.QuerySingleOrDefault<(string? Hash, string Workspace, string Job)>(
            "SELECT hash, workspace, job FROM idempotency_keys WHERE owner = @owner AND name = @key",
            new { owner, key },
            transaction
        );
        if (known is null)
            return null;
        if (known != hash)
            throw new SandboxException(
                "idempotency_mismatch",
                "This Idempotency-Key was used with another request.",
                "Use a new key for a new request."
            );
        return new CreatedWorkspace(
            WorkspaceStore.Find(connection, transaction, workspace)!,
            JobStore.Find(connection, transaction, job),
            Existing: false
        );
    }

    private static void Remember(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        string owner,
        string key,
        string hash,
        string workspace,
        string job,
        DateTimeOffset now
    ) =>
        connection.Execute(
            """
            INSERT INTO idempotency_keys (owner, name, hash, workspace, job, created)
            VALUES (@owner, @key, @hash, @workspace, @job, @created)
            """,
            new
            {
                owner,
                key,
                hash,
                workspace,
                job,
                created = Timestamp.Format(now),
            },
            transaction
        );
}
