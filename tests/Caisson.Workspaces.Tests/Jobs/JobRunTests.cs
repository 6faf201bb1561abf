using Caisson.Sandboxes;
using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Tests.Workspaces;

namespace Caisson.Workspaces.Tests.Jobs;

public sealed class JobRunTests : WorkspaceLab, IClassFixture<SqliteLab>
{
    private readonly CancellationTokenSource _cancelled = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly JobLog _log;
    private readonly JobRun _run;

    public JobRunTests(SqliteLab lab)
        : base(lab)
    {
        _log = new JobLog(Database, TimeProvider.System);
        _run = Run(AddJob("j-a", Add("w-a")));
    }

    [Fact]
    public async Task AStepThatIsDone_IsNotDoneAgain_UnlessItLooks()
    {
        var times = 0;
        Task<string?> Work(CancellationToken cancellation)
        {
            times++;
            return Task.FromResult<string?>("made");
        }

        await _run.StepAsync("plan", Work);
        await Run(Jobs.Find("j-a")!).StepAsync("plan", Work);
        times.ShouldBe(1);
        await Run(Jobs.Find("j-a")!).StepAsync("plan", Work, again: true);

        times.ShouldBe(2);
        var step = Step("plan");
        (step.State, step.Attempts, step.Message).ShouldBe((StepState.Succeeded, 2, "made"));
    }

    [Fact]
    public async Task AFailure_IsWrittenDownWithCauseAndFix_AndEndsTheJob()
    {
        var failure = await Should.ThrowAsync<StepFailure>(() =>
            _run.StepAsync("gateway", _ => throw new SandboxException("credential_missing", "The key s3cr3t is wrong.", "Set it."))
        );

        failure.Error.ShouldBe(new JobError("gateway", "credential_missing", "The key *** is wrong.", "Set it.", "The key *** is wrong."));
        (Step("gateway").State, Step("gateway").Fix).ShouldBe((StepState.Failed, "Set it."));
        _log.Read("j-a", 0, 10).ShouldAllBe(line => !line.Text.Contains("s3cr3t"));
    }

    [Fact]
    public async Task AnOptionalStepThatFails_LetsTheJobGoOn()
    {
        (await _run.StepAsync("setup", _ => throw new IOException("no"), optional: true)).ShouldBeFalse();

        Step("setup").State.ShouldBe(StepState.Failed);
    }

    [Fact]
    public async Task AStepThatTheServersEndCutsOff_StaysRunning_AndIsDoneByTheNext()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => _run.StepAsync("plan", CutOff(_stopping)));

        Step("plan").State.ShouldBe(StepState.Running);
        using var next = new CancellationTokenSource();
        await Run(Jobs.Find("j-a")!, next.Token).StepAsync("plan", _ => Task.FromResult<string?>(null));
        (Step("plan").State, Step("plan").Attempts).ShouldBe((StepState.Succeeded, 2));
    }

    [Fact]
    public async Task AStepOverItsLimit_Fails_WithWhatItSaidLast()
    {
        var failure = await Should.ThrowAsync<StepFailure>(() =>
            _run.StepAsync(
                "repositories",
                async token =>
                {
                    _run.Say("repositories", "https://slow.example, try 1");
                    await Task.Delay(Timeout.Infinite, token);
                    return null;
                },
                limit: TimeSpan.FromMilliseconds(1)
            )
        );

        (failure.Error.Code, failure.Error.Message).ShouldBe(
            ("step_timeout", "The step did not end within 0 s. It said last: https://slow.example, try 1")
        );
        failure.Error.Fix!.ShouldContain("caisson job log j-a");
    }

    [Fact]
    public async Task AStepThatIsCancelled_SaysSo()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => _run.StepAsync("plan", CutOff(_cancelled)));

        Step("plan").State.ShouldBe(StepState.Cancelled);
    }

    [Fact]
    public void ALog_IsCutAtItsLimit_WithAMark()
    {
        _log.Add("j-a", "setup", new string('a', JobLog.MostOfAStep - 10));
        _log.Add("j-a", "setup", new string('b', 100));
        _log.Add("j-a", "setup", "never");
        _log.Add("j-a", "plan", "another step");

        var lines = _log.Read("j-a", 0, 10);
        lines.Count.ShouldBe(3);
        lines[1].Text.ShouldBe("bbbbbbbbbb\n[cut: this step said more than 10 MiB]");
        _log.Read("j-a", lines[1].Id, 10).Single().Text.ShouldBe("another step");
    }

    private static Func<CancellationToken, Task<string?>> CutOff(CancellationTokenSource by) =>
        async token =>
        {
            await by.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null;
        };

    private JobStep Step(string name) => Jobs.Find("j-a")!.Steps.Single(step => step.Name == name);

    private JobRun Run(JobRecord job, CancellationToken? stopping = null) =>
        new(
            job,
            Jobs,
            _log,
            text => text.Replace("s3cr3t", "***", StringComparison.Ordinal),
            TimeProvider.System,
            _cancelled.Token,
            stopping ?? _stopping.Token
        );
}
