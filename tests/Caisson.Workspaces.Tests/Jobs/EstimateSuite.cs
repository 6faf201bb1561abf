using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Tests.Workspaces;

namespace Caisson.Workspaces.Tests.Jobs;

/// <summary>What estimates are made of: how long the last ones of this kind and template took.</summary>
public abstract class EstimateSuite(DatabaseLab lab) : WorkspaceLab(lab)
{
    [Fact]
    public void TheLastFifty_ThatSucceeded_OfThisTemplateAndKind_Count()
    {
        var workspace = Add("w-a");
        foreach (var seconds in Enumerable.Range(1, 60))
            End(AddJob($"j-{seconds}", workspace), seconds, JobState.Succeeded);
        End(AddJob("j-failed", workspace), 1000, JobState.Failed);
        End(AddJob("j-stop", workspace, JobKinds.Stop), 2000, JobState.Succeeded);
        AddJob("j-waits", workspace);

        var durations = Jobs.Durations("default", JobKinds.Create);

        (durations.Count, durations[0], durations[^1]).ShouldBe((50, 11, 60));
        durations.ShouldBeInOrder();
        Jobs.Durations("default", JobKinds.Stop).ShouldBe([2000]);
        Jobs.Durations("other", JobKinds.Create).ShouldBeEmpty();
    }

    private void End(JobRecord job, int seconds, JobState state)
    {
        var began = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromSeconds(seconds));
        Jobs.Change(job.Id, now => now with { State = state, Started = began, Ended = began.AddSeconds(seconds) });
    }
}

public sealed class SqliteEstimateTests(SqliteLab lab) : EstimateSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresEstimateTests(PostgresLab lab) : EstimateSuite(lab), IClassFixture<PostgresLab>;
