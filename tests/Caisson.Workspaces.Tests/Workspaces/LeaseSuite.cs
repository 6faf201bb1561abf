using Caisson.Storage.Tests.Lab;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>One home, one sandbox: what the lease has to hold on both databases.</summary>
public abstract class LeaseSuite(DatabaseLab lab) : WorkspaceLab(lab)
{
    [Fact]
    public void OfTwoServersThatStartTheSame_OneWins_AThousandTimes()
    {
        using var other = Open();
        var (first, second) = (Leases("a"), Leases("b", other));
        var doubles = 0;

        for (var race = 0; race < 1000; race++)
        {
            var workspace = $"w-{race}";
            long? one = null;
            long? two = null;
            Parallel.Invoke(() => one = first.Take(workspace), () => two = second.Take(workspace));
            if (one is null == two is null)
                doubles++;
        }

        doubles.ShouldBe(0);
    }

    [Fact]
    public void ALease_ThatIsGivenBack_GoesToTheNextWithAHigherNumber()
    {
        var (first, second) = (Leases("a"), Leases("b"));
        var one = first.Take("w-a")!.Value;

        second.Take("w-a").ShouldBeNull();
        first.Renew("w-a", one).ShouldBeTrue();
        first.Release("w-a");
        var two = second.Take("w-a")!.Value;

        two.ShouldBeGreaterThan(one);
        first.Renew("w-a", one).ShouldBeFalse();
    }

    [Fact]
    public void TheServerAfterOneThatDied_TakesItsOwnAtOnce()
    {
        var one = Leases("a").Take("w-a")!.Value;

        Leases("a").Take("w-a").ShouldBe(one + 1);
    }

    [Fact]
    public void ANumberOnTheVolume_ThatIsHigher_KeepsAnOldDatabaseOut()
    {
        var holder = Leases("a");
        foreach (var _ in Enumerable.Range(0, 3))
            holder.Take("w-a");
        using var restored = Lab.NewPlace()();

        Leases("b", restored).Take("w-a").ShouldBeNull();
    }
}

public sealed class SqliteLeaseTests(SqliteLab lab) : LeaseSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresLeaseTests(PostgresLab lab) : LeaseSuite(lab), IClassFixture<PostgresLab>;
