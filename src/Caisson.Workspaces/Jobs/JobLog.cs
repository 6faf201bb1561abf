using System.Collections.Concurrent;
using Caisson.Storage;
using Dapper;

namespace Caisson.Workspaces.Jobs;

/// <summary>What the steps of jobs say. Kept 30 days; a step that says more than 10 MiB is cut, with a mark.</summary>
public sealed class JobLog(Database database, TimeProvider time)
{
    internal const int MostOfAStep = 10 << 20;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<(string Job, string Step), long> _written = new();
    private TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="text">Without secrets: the caller has masked it.</param>
    internal void Add(string job, string step, string text)
    {
        var size = _written.AddOrUpdate((job, step), text.Length, (_, before) => before + text.Length);
        if (size - text.Length >= MostOfAStep)
            return;
        if (size >= MostOfAStep)
            text = text[..(int)Math.Max(0, text.Length - (size - MostOfAStep))] + "\n[cut: this step said more than 10 MiB]";
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "INSERT INTO job_log (job, step, time, text) VALUES (@job, @step, @now, @text)",
                    new
                    {
                        job,
                        step,
                        now = Timestamp.Format(time.GetUtcNow()),
                        text,
                    },
                    transaction
                )
        );
        Pulse();
    }

    /// <summary>A run of a job has ended: its counts are not needed any more.</summary>
    internal void End(string job)
    {
        foreach (var key in _written.Keys.Where(key => key.Job == job))
            _written.TryRemove(key, out _);
        Pulse();
    }

    /// <summary>Wakes those who wait: also when a job has changed.</summary>
    internal void Pulse() =>
        Interlocked.Exchange(ref _pulse, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Completes with the next thing that any job says or does. Take it before reading.</summary>
    public Task Next => Volatile.Read(ref _pulse).Task;

    /// <summary>Oldest first, after <paramref name="after"/>.</summary>
    public IReadOnlyList<JobLogLine> Read(string job, long after, int limit) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection
                            .Query<(long Id, string Step, string Time, string Text)>(
                                "SELECT id, step, time, text FROM job_log WHERE job = @job AND id > @after ORDER BY id LIMIT @limit",
                                new
                                {
                                    job,
                                    after,
                                    limit,
                                },
                                transaction
                            )
                            .AsList()
                )
                .Select(row => new JobLogLine(row.Id, row.Step, Timestamp.Parse(row.Time), row.Text)),
        ];

    /// <summary>What a step said last, or null.</summary>
    internal string? Last(string job, string step) =>
        database.Read(
            (connection, transaction) =>
                connection.QuerySingleOrDefault<string?>(
                    "SELECT text FROM job_log WHERE job = @job AND step = @step ORDER BY id DESC LIMIT 1",
                    new { job, step },
                    transaction
                )
        );

    internal void Prune() =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "DELETE FROM job_log WHERE time < @old",
                    new { old = Timestamp.Format(time.GetUtcNow() - Kept) },
                    transaction
                )
        );
}
