using Caisson.Storage.Tests.Lab;
using Dapper;

namespace Caisson.Storage.Tests;

/// <summary>What has to hold on SQLite and on PostgreSQL alike.</summary>
public abstract class DatabaseSuite(DatabaseLab lab)
{
    [Fact]
    public void Opens_WithTheNewestSchema_AndOpensAgain()
    {
        var open = lab.NewPlace();
        using (var first = open())
            Insert(first, "kept");

        using var second = open();

        Names(second).ShouldBe(["kept"]);
    }

    [Fact]
    public void Takes_BackEverything_WhenTheWorkFails()
    {
        using var database = lab.NewPlace()();

        Should.Throw<InvalidOperationException>(() =>
            database.Do<int>(
                (connection, transaction) =>
                {
                    connection.Execute(InsertSql, new { name = "half" }, transaction);
                    throw new InvalidOperationException();
                }
            )
        );

        Names(database).ShouldBeEmpty();
    }

    [Fact]
    public void Loses_NoUpdate_WhenManyWriteAtOnce()
    {
        var open = lab.NewPlace();
        using var database = open();
        using var second = open();
        Insert(database, "counter");

        Parallel.For(
            0,
            100,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            number =>
                (number % 2 == 0 ? database : second).Do(
                    (connection, transaction) =>
                    {
                        var code = connection.ExecuteScalar<int>("SELECT exit_code FROM sandboxes", transaction: transaction);
                        return connection.Execute("UPDATE sandboxes SET exit_code = @next", new { next = code + 1 }, transaction);
                    }
                )
        );

        database
            .Read((connection, transaction) => connection.ExecuteScalar<int>("SELECT exit_code FROM sandboxes", transaction: transaction))
            .ShouldBe(100);
    }

    [Fact]
    public void Reads_WhileAnotherWrites_WithoutItsUnfinishedWork()
    {
        using var database = lab.NewPlace()();

        database.Do(
            (connection, transaction) =>
            {
                connection.Execute(InsertSql, new { name = "unfinished" }, transaction);
                Names(database).ShouldBeEmpty();
                return 0;
            }
        );

        Names(database).ShouldBe(["unfinished"]);
    }

    [Fact]
    public void Migrates_Once_WhenServersStartTogether()
    {
        var open = lab.NewPlace();

        Parallel.For(0, 4, _ => open().Dispose());

        using var database = open();
        Names(database).ShouldBeEmpty();
    }

    [Fact]
    public void Counts_Up_AndNeverTwice()
    {
        using var database = lab.NewPlace()();
        var first = Event(database);
        database.Do((connection, transaction) => connection.Execute("DELETE FROM events", transaction: transaction));

        Event(database).ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task Closes_AfterTheWorkUnderWay_AndTakesNoMore()
    {
        var database = lab.NewPlace()();
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var writing = Task.Run(() =>
            database.Do(
                (connection, transaction) =>
                {
                    begun.Set();
                    goOn.Wait();
                    return connection.Execute(InsertSql, new { name = "late" }, transaction);
                }
            )
        );
        begun.Wait();

        var closing = Task.Run(database.Dispose);
        goOn.Set();

        (await writing).ShouldBe(1);
        await closing;
        Should.Throw<ObjectDisposedException>(() => Insert(database, "too late"));
    }

    private const string InsertSql =
        "INSERT INTO sandboxes (id, name, state, created, document, exit_code) VALUES (@name, @name, 'Running', '2026-01-01', '{}', 0)";

    private static long Event(Database database) =>
        database.Do(
            (connection, transaction) =>
                connection.ExecuteScalar<long>(
                    "INSERT INTO events (sandbox, time, kind, text) VALUES ('s', 't', 'k', 'x') RETURNING id",
                    transaction: transaction
                )
        );

    private static void Insert(Database database, string name) =>
        database.Do((connection, transaction) => connection.Execute(InsertSql, new { name }, transaction));

    private static List<string> Names(Database database) =>
        database.Read(
            (connection, transaction) =>
                connection.Query<string>("SELECT name FROM sandboxes ORDER BY name", transaction: transaction).AsList()
        );
}

public sealed class SqliteDatabaseTests(SqliteLab lab) : DatabaseSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresDatabaseTests(PostgresLab lab) : DatabaseSuite(lab), IClassFixture<PostgresLab>;
