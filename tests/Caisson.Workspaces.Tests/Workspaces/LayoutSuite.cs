using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>How people have arranged a workspace's page, on both databases.</summary>
public abstract class LayoutSuite(DatabaseLab lab) : WorkspaceLab(lab)
{
    [Fact]
    public void ALayout_IsEachPersonsOwn_AndBeginsEmpty()
    {
        var layouts = new LayoutStore(Database);
        Add("w-a");
        layouts.Get("w-a", "u-1").ShouldBe(("{}", 0));

        layouts.Put("w-a", "u-1", """{"tabs":1}""", 0).ShouldBe(1);

        layouts.Get("w-a", "u-1").ShouldBe(("""{"tabs":1}""", 1));
        layouts.Get("w-a", "u-2").ShouldBe(("{}", 0));
    }

    [Fact]
    public void OfTwoWindows_TheSecondIsTold()
    {
        var layouts = new LayoutStore(Database);
        Add("w-a");
        layouts.Put("w-a", "u-1", "{}", 0).ShouldBe(1);

        layouts.Put("w-a", "u-1", """{"tabs":2}""", 0).ShouldBeNull();
        layouts.Put("w-a", "u-1", """{"tabs":3}""", 1).ShouldBe(2);
        layouts.Put("w-a", "u-1", """{"tabs":4}""", 1).ShouldBeNull();
        layouts.Get("w-a", "u-1").Text.ShouldBe("""{"tabs":3}""");
    }

    [Fact]
    public void ManyAtOnce_AreWrittenOneAfterTheOther()
    {
        Add("w-a");
        var written = 0;

        Parallel.For(
            0,
            20,
            number =>
            {
                if (new LayoutStore(Database).Put("w-a", "u-1", $$"""{"by":{{number}}}""", 0) is not null)
                    Interlocked.Increment(ref written);
            }
        );

        written.ShouldBe(1);
    }
}

public sealed class SqliteLayoutTests(SqliteLab lab) : LayoutSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresLayoutTests(PostgresLab lab) : LayoutSuite(lab), IClassFixture<PostgresLab>;
