namespace Caisson.Workspaces.Jobs;

/// <summary>
/// Runs jobs: a few at a time, one for each workspace, in turn between owners. Only the order is here; the jobs themselves are in the store, so
/// nothing is lost with this process.
/// </summary>
/// <param name="run">Does one job to its end; never throws.</param>
internal sealed class JobRunner(Func<JobRecord, CancellationToken, CancellationToken, Task> run, int limit = JobRunner.DefaultLimit)
    : IAsyncDisposable
{
    internal const int DefaultLimit = 4;

    private readonly Lock _gate = new();
    private readonly List<JobRecord> _waiting = [];
    private readonly Dictionary<string, Active> _active = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private bool _paused;

    internal void Enqueue(JobRecord job)
    {
        lock (_gate)
        {
            if (!_active.ContainsKey(job.Id) && !_waiting.Exists(known => known.Id == job.Id))
                _waiting.Add(job);
        }
        Pump();
    }

    /// <summary>Begins nothing any more: what waits is left to the next server.</summary>
    internal void Pause()
    {
        lock (_gate)
            _paused = true;
    }

    /// <summary>From 1; null when it doesn't wait.</summary>
    internal int? Position(string job)
    {
        lock (_gate)
            return _waiting.FindIndex(known => known.Id == job) is >= 0 and var at ? at + 1 : null;
    }

    internal bool IsBusy(string workspace)
    {
        lock (_gate)
            return _waiting.Exists(known => known.Workspace == workspace)
                || _active.Values.Any(active => active.Job.Workspace == workspace);
    }

    /// <summary>Tells the one that runs, which writes its own end. False: it was waiting, and does not any more, or it is not here at all.</summary>
    internal async Task<bool> CancelAsync(string job)
    {
        Active? active;
        lock (_gate)
        {
            _waiting.RemoveAll(known => known.Id == job);
            if (!_active.TryGetValue(job, out active))
                return false;
        }
        await active.Cancel.CancelAsync();
        return true;
    }

    /// <summary>Leaves what runs to the next server.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Task> tasks;
        await _stopping.CancelAsync();
        lock (_gate)
        {
            _waiting.Clear();
            tasks = [.. _active.Values.Select(active => active.Task)];
        }
        await Task.WhenAll(tasks);
        _stopping.Dispose();
    }

    private void Pump()
    {
        lock (_gate)
        {
            while (!_paused && !_stopping.IsCancellationRequested && _active.Count < limit && Next() is { } job)
            {
                _waiting.Remove(job);
                var cancel = new CancellationTokenSource();
                _active[job.Id] = new Active(job, cancel, Task.Run(() => RunAsync(job, cancel)));
            }
        }
    }

    /// <summary>Of the owner with the fewest that run, the oldest.</summary>
    private JobRecord? Next() =>
        _waiting
            .Where(job => _active.Values.All(active => active.Job.Workspace != job.Workspace))
            .Where(job => _waiting.First(known => known.Workspace == job.Workspace) == job)
            .OrderBy(job => _active.Values.Count(active => active.Job.Owner == job.Owner))
            .FirstOrDefault();

    private async Task RunAsync(JobRecord job, CancellationTokenSource cancel)
    {
        await run(job, cancel.Token, _stopping.Token);
        // The source is left to the collector: it has no timer, and somebody may be about to cancel it.
        lock (_gate)
            _active.Remove(job.Id);
        Pump();
    }

    private sealed record Active(JobRecord Job, CancellationTokenSource Cancel, Task Task);
}
