using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Jobs;

/// <summary>
/// One run of one job. Progress is committed before and after each step, so a server that dies is followed by one that knows what was begun: a step
/// that ended is not done again, one that was cut off is.
/// </summary>
/// <param name="mask">Takes secrets out of what is written down.</param>
/// <param name="cancelled">Somebody has cancelled the job.</param>
/// <param name="stopping">The server ends; the next one goes on.</param>
internal sealed class JobRun(
    JobRecord job,
    JobStore store,
    JobLog log,
    Func<string, string> mask,
    TimeProvider time,
    CancellationToken cancelled,
    CancellationToken stopping
) : ILaunchProgress, IDisposable
{
    internal static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(300);

    internal static readonly TimeSpan JobLimit = TimeSpan.FromMinutes(30);

    private readonly CancellationTokenSource _deadline = new(JobLimit, time);
    private string? _launching;

    internal string Id => job.Id;

    internal JobRecord Job => job;

    /// <summary>Somebody has cancelled the job.</summary>
    internal CancellationToken Cancelled => cancelled;

    public void Dispose() => _deadline.Dispose();

    internal bool IsDone(string step) =>
        store.Find(job.Id)!.Steps.First(known => known.Name == step).State is StepState.Succeeded or StepState.Skipped;

    internal void Say(string step, string text) => log.Add(job.Id, step, mask(text));

    /// <param name="again">Whether it is done even when it was before, because what it looks at may have changed.</param>
    /// <param name="optional">A failure is written down and the job goes on.</param>
    /// <returns>Whether it is done now.</returns>
    /// <exception cref="StepFailure">It failed, and the job with it.</exception>
    internal async Task<bool> StepAsync(
        string name,
        Func<CancellationToken, Task<string?>> work,
        bool again = false,
        bool optional = false,
        TimeSpan? limit = null
    )
    {
        if (!again && IsDone(name))
            return true;
        Begin(name);
        var length = limit ?? StepLimit;
        using var timeout = new CancellationTokenSource(length, time);
        using var bounded = Ending(timeout.Token);
        try
        {
            var message = await work(bounded.Token);
            End(name, StepState.Succeeded, message);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It stays "running": the next server does it again.
            throw;
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            End(name, StepState.Cancelled, "cancelled");
            throw;
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested || _deadline.IsCancellationRequested)
        {
            return Failed(TooLong(name, timeout.IsCancellationRequested ? length : null), exception, optional);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Failed(Explain(name, exception), exception, optional);
        }
    }

    internal void Skip(string name, string why)
    {
        if (!IsDone(name))
            End(name, StepState.Skipped, why);
    }

    /// <summary>Runs the launch, which reports its own steps.</summary>
    internal async Task LaunchAsync(Func<ILaunchProgress, CancellationToken, Task> launch)
    {
        using var bounded = Ending(CancellationToken.None);
        try
        {
            await launch(this, bounded.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            End(_launching ?? "allocate", StepState.Cancelled, "cancelled; what had been made was taken back");
            throw;
        }
        catch (OperationCanceledException exception) when (_deadline.IsCancellationRequested)
        {
            Failed(TooLong(_launching ?? "allocate", null), exception, optional: false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Failed(Explain(_launching ?? "allocate", exception), exception, optional: false);
        }
    }

    public void Started(string stage)
    {
        if (!JobKinds.Launch.Contains(stage))
            return;
        _launching = stage;
        Begin(stage);
    }

    public void Succeeded(string stage)
    {
        if (JobKinds.Launch.Contains(stage))
            End(stage, StepState.Succeeded, null);
    }

    private CancellationTokenSource Ending(CancellationToken limit) =>
        CancellationTokenSource.CreateLinkedTokenSource(cancelled, stopping, _deadline.Token, limit);

    /// <param name="limit">Of the step; null: the job's own.</param>
    private JobError TooLong(string step, TimeSpan? limit)
    {
        var last = log.Last(job.Id, step);
        return new(
            step,
            limit is null ? "job_timeout" : "step_timeout",
            (
                limit is { } length
                    ? $"The step did not end within {length.TotalSeconds:0} s"
                    : $"The job did not end within {JobLimit.TotalMinutes:0} minutes"
            ) + (last is null ? ", and said nothing." : $". It said last: {last.Split('\n')[^1]}"),
            $"caisson job log {job.Id}, then caisson job retry {job.Id}",
            null
        );
    }

    private bool Failed(JobError error, Exception exception, bool optional)
    {
        store.ChangeStep(
            job.Id,
            error.Step,
            step => step with { State = StepState.Failed, Ended = time.GetUtcNow(), Message = error.Message, Fix = error.Fix }
        );
        log.Add(job.Id, error.Step, $"failed: {error.Message}{(error.Raw is { } raw && raw != error.Message ? $"\n{raw}" : "")}");
        return optional ? false : throw new StepFailure(error, exception);
    }

    private JobError Explain(string step, Exception exception)
    {
        var (code, fix, details) = exception is SandboxException known
            ? (known.Code, known.Fix, known.Details)
            : ("step_failed", "Look at the server's log, then retry.", []);
        var message = mask(exception.Message);
        var raw = mask(string.Join('\n', details.Prepend((exception.InnerException ?? exception).Message)));
        return new JobError(step, code, message, fix is null ? null : mask(fix), raw);
    }

    private void Begin(string name)
    {
        store.ChangeStep(
            job.Id,
            name,
            step =>
                step with
                {
                    State = StepState.Running,
                    Started = time.GetUtcNow(),
                    Ended = null,
                    Attempts = step.Attempts + 1,
                    Message = null,
                    Fix = null,
                }
        );
        log.Pulse();
    }

    private void End(string name, StepState state, string? message)
    {
        store.ChangeStep(
            job.Id,
            name,
            step => step with { State = state, Ended = time.GetUtcNow(), Message = message is null ? null : mask(message) }
        );
        if (message is not null)
            Say(name, message);
        log.Pulse();
    }
}
