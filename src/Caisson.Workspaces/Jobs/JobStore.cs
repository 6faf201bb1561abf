using System.Data.Common;
using System.Text.Json;
using Caisson.Storage;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Workspaces;
using Dapper;

namespace Caisson.Workspaces.Jobs;

/// <summary>Jobs with their steps. What is written here is all that a server needs that goes on after one that died.</summary>
public sealed class JobStore(Database database, EventStream events, TimeProvider time)
{
    private const string Columns =
        "id, workspace, owner, actor, template, kind, state, attempt, created, queued, started, ended, error, keep, keep_until AS KeepUntil";

    public JobRecord? Find(string id) => database.Read((connection, transaction) => Find(connection, transaction, id));

    /// <summary>Newest first.</summary>
    public IReadOnlyList<JobRecord> Of(string workspace, int limit) =>
        Query("workspace = @workspace ORDER BY created DESC, id LIMIT @limit", new { workspace, limit });

    /// <summary>In the order of the queue.</summary>
    internal IReadOnlyList<JobRecord> Active() => Query("state IN ('queued', 'running', 'cancelling') ORDER BY queued, id", new { });

    /// <summary>Failed ones whose sandbox was left up for a look.</summary>
    internal IReadOnlyList<JobRecord> KeptUntil(DateTimeOffset now) =>
        Query("keep_until IS NOT NULL AND keep_until <= @now ORDER BY queued, id", new { now = Timestamp.Format(now) });

    /// <summary>Seconds that the last 50 successful jobs of this template and kind took, shortest first.</summary>
    public IReadOnlyList<double> Durations(string template, string kind) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection
                            .Query<(string Started, string Ended)>(
                                """
                                SELECT started, ended FROM jobs
                                WHERE template = @template AND kind = @kind AND state = 'succeeded' AND started IS NOT NULL
                                ORDER BY ended DESC LIMIT 50
                                """,
                                new { template, kind },
                                transaction
                            )
                            .AsList()
                )
                .Select(row => (Timestamp.Parse(row.Ended) - Timestamp.Parse(row.Started)).TotalSeconds)
                .Order(),
        ];

    internal JobRecord Insert(
        DbConnection connection,
        DbTransaction transaction,
        ICollection<NewEvent> added,
        string id,
        WorkspaceRecord workspace,
        string kind,
        string actor,
        bool keep = false
    )
    {
        var now = time.GetUtcNow();
        var job = new JobRecord
        {
            Id = id,
            Workspace = workspace.Id,
            Owner = workspace.Owner,
            Actor = actor,
            Template = workspace.Template,
            Kind = kind,
            State = JobState.Queued,
            Attempt = 1,
            Created = now,
            Queued = now,
            Keep = keep,
            Steps =
            [
                .. JobKinds.Steps(kind).Select(step => new JobStep(step.Name, step.Title, StepState.Pending, null, null, 0, null, null)),
            ],
        };
        connection.Execute(
            """
            INSERT INTO jobs (id, workspace, owner, actor, template, kind, state, attempt, created, queued, keep)
            VALUES (@Id, @Workspace, @Owner, @Actor, @Template, @Kind, 'queued', 1, @now, @now, @keep)
            """,
            new
            {
                job.Id,
                job.Workspace,
                job.Owner,
                job.Actor,
                job.Template,
                job.Kind,
                now = Timestamp.Format(now),
                keep = keep ? 1 : 0,
            },
            transaction
        );
        foreach (var (position, step) in job.Steps.Index())
            connection.Execute(
                "INSERT INTO job_steps (job, position, name, title, state, attempts) VALUES (@id, @position, @Name, @Title, 'pending', 0)",
                new
                {
                    id,
                    position,
                    step.Name,
                    step.Title,
                },
                transaction
            );
        added.Add(Changed(job));
        return job;
    }

    /// <summary>Changes the job, or nothing when <paramref name="change"/> gives null.</summary>
    /// <returns>What there is then; null: there is no such job, or nothing was changed.</returns>
    internal JobRecord? Change(string id, Func<JobRecord, JobRecord?> change) =>
        events.Do((connection, transaction, added) => Change(connection, transaction, added, id, change));

    internal static JobRecord? Change(
        DbConnection connection,
        DbTransaction transaction,
        ICollection<NewEvent> added,
        string id,
        Func<JobRecord, JobRecord?> change
    )
    {
        if (Find(connection, transaction, id) is not { } before || change(before) is not { } after)
            return null;
        connection.Execute(
            """
            UPDATE jobs SET state = @state, attempt = @Attempt, queued = @queued, started = @started, ended = @ended, error = @error, keep = @keep,
                keep_until = @keepUntil
            WHERE id = @Id
            """,
            new
            {
                state = after.State.ToString().ToLowerInvariant(),
                after.Attempt,
                queued = Timestamp.Format(after.Queued),
                started = Format(after.Started),
                ended = Format(after.Ended),
                error = after.Error is { } error ? JsonSerializer.Serialize(error, WorkspaceStoreJson.Default.JobError) : null,
                keep = after.Keep ? 1 : 0,
                keepUntil = Format(after.KeepUntil),
                after.Id,
            },
            transaction
        );
        foreach (var (was, step) in before.Steps.Zip(after.Steps).Where(pair => pair.First != pair.Second))
            connection.Execute(
                """
                UPDATE job_steps SET state = @state, started = @started, ended = @ended, attempts = @Attempts, message = @Message, fix = @Fix
                WHERE job = @id AND name = @Name
                """,
                new
                {
                    state = step.State.ToString().ToLowerInvariant(),
                    started = Format(step.Started),
                    ended = Format(step.Ended),
                    step.Attempts,
                    step.Message,
                    step.Fix,
                    id,
                    was.Name,
                },
                transaction
            );
        added.Add(Changed(after));
        return after;
    }

    internal JobRecord? ChangeStep(string id, string name, Func<JobStep, JobStep> change) =>
        Change(id, job => job with { Steps = [.. job.Steps.Select(step => step.Name == name ? change(step) : step)] });

    internal static NewEvent Changed(JobRecord job) => new("job.changed", job.Id, job.Owner, job.Workspace);

    internal static JobRecord? Find(DbConnection connection, DbTransaction transaction, string id) =>
        connection.QuerySingleOrDefault<JobRow>($"SELECT {Columns} FROM jobs WHERE id = @id", new { id }, transaction) is { } row
            ? row.ToRecord(Steps(connection, transaction, id))
            : null;

    private static IReadOnlyList<JobStep> Steps(DbConnection connection, DbTransaction transaction, string job) =>
        [
            .. connection
                .Query<StepRow>(
                    "SELECT name, title, state, started, ended, attempts, message, fix FROM job_steps WHERE job = @job ORDER BY position",
                    new { job },
                    transaction
                )
                .Select(row => row.ToRecord()),
        ];

    private IReadOnlyList<JobRecord> Query(string where, object arguments) =>
        database.Read(
            (connection, transaction) =>
                (IReadOnlyList<JobRecord>)
                    [
                        .. connection
                            .Query<JobRow>($"SELECT {Columns} FROM jobs WHERE {where}", arguments, transaction)
                            .AsList()
                            .Select(row => row.ToRecord(Steps(connection, transaction, row.Id))),
                    ]
        );

    private static string? Format(DateTimeOffset? value) => value is { } moment ? Timestamp.Format(moment) : null;
}
