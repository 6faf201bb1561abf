using Caisson.Workspaces.Jobs;

namespace Caisson.Workspaces.Tests.Jobs;

public sealed class JobRunnerTests : IAsyncDisposable
{
    private readonly Dictionary<string, TaskCompletionSource> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _begun = new(0);
    private readonly List<string> _order = [];
    private readonly JobRunner _runner;

    public JobRunnerTests() => _runner = new JobRunner(RunAsync, limit: 2);

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        _begun.Dispose();
    }

    [Fact]
    public async Task JobsOfOneWorkspace_RunOneAfterTheOther()
    {
        _runner.Enqueue(Job("j-1", "w-a"));
        _runner.Enqueue(Job("j-2", "w-a"));
        await BegunAsync();

        _order.ShouldBe(["j-1"]);
        _runner.Position("j-2").ShouldBe(1);
        End("j-1");
        await BegunAsync();

        _order.ShouldBe(["j-1", "j-2"]);
        End("j-2");
    }

    [Fact]
    public async Task OnePersonsMany_DoNotKeepAnothersOneWaiting()
    {
        foreach (var number in Enumerable.Range(1, 5))
            _runner.Enqueue(Job($"j-{number}", $"w-{number}", "u-many"));
        _runner.Enqueue(Job("j-single", "w-single", "u-one"));
        await BegunAsync(2);

        End("j-1");
        await BegunAsync();

        _order[2].ShouldBe("j-single");
        foreach (var name in new[] { "j-2", "j-single" })
            End(name);
        await BegunAsync(2);
        End("j-3");
        End("j-4");
        await BegunAsync();
        End("j-5");
    }

    [Fact]
    public async Task AsManyAsTheLimit_RunAtATime_AndTheNextWaits()
    {
        JobRunner.DefaultLimit.ShouldBe(4);
        foreach (var number in Enumerable.Range(1, 3))
            _runner.Enqueue(Job($"j-{number}", $"w-{number}"));
        await BegunAsync(2);

        (_runner.Position("j-1"), _runner.Position("j-2"), _runner.Position("j-3")).ShouldBe((null, null, 1));
        End("j-1");
        await BegunAsync();
        End("j-2");
        End("j-3");
    }

    [Fact]
    public async Task AfterAPause_NothingBegins()
    {
        _runner.Enqueue(Job("j-1", "w-1"));
        await BegunAsync();
        _runner.Pause();

        _runner.Enqueue(Job("j-2", "w-2"));

        _runner.Position("j-2").ShouldBe(1);
        _order.ShouldBe(["j-1"]);
        End("j-1");
    }

    [Fact]
    public async Task AJobThatWaits_IsCancelledWithoutRunning()
    {
        _runner.Enqueue(Job("j-1", "w-a"));
        await BegunAsync();
        _runner.Enqueue(Job("j-2", "w-a"));

        (await _runner.CancelAsync("j-2")).ShouldBeFalse("nobody else writes its end");

        _runner.Position("j-2").ShouldBeNull();
        (await _runner.CancelAsync("j-2")).ShouldBeFalse();
        End("j-1");
    }

    [Fact]
    public async Task AJobThatRuns_HearsThatItIsCancelled_AndTheNextBegins()
    {
        _runner.Enqueue(Job("j-1", "w-a"));
        _runner.Enqueue(Job("j-2", "w-a"));
        await BegunAsync();

        (await _runner.CancelAsync("j-1")).ShouldBeTrue();
        await BegunAsync();

        _order.ShouldBe(["j-1", "j-2"]);
        End("j-2");
    }

    private async Task RunAsync(JobRecord job, CancellationToken cancelled, CancellationToken stopping)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_running)
        {
            _running[job.Id] = end;
            _order.Add(job.Id);
        }
        _begun.Release();
        await Task.WhenAny(end.Task, Task.Delay(Timeout.Infinite, cancelled), Task.Delay(Timeout.Infinite, stopping));
    }

    private void End(string job)
    {
        lock (_running)
            _running[job].SetResult();
    }

    private async Task BegunAsync(int count = 1)
    {
        for (; count > 0; count--)
            (await _begun.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    private static JobRecord Job(string id, string workspace, string owner = "u-1") =>
        new()
        {
            Id = id,
            Workspace = workspace,
            Owner = owner,
            Actor = owner,
            Template = "default",
            Kind = JobKinds.Create,
            State = JobState.Queued,
            Attempt = 1,
            Created = TimeProvider.System.GetUtcNow(),
            Queued = TimeProvider.System.GetUtcNow(),
        };
}
