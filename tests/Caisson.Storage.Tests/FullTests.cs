using Dapper;

namespace Caisson.Storage.Tests;

/// <summary>SQLite without room. A limit on its pages has the same code and the same end of the transaction as a full disk.</summary>
public sealed class FullTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("caisson-full-").FullName;
    private readonly Database _database;

    public FullTests() => _database = Database.Open(Path.Combine(_directory, "state.db"));

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void AWrite_FailsAsAFullDisk_AndTheNextOneThatFitsSucceeds()
    {
        Pages(16);

        var failure = Should.Throw<IOException>(() => Insert("large", new string('x', 1 << 20)));

        failure.HResult.ShouldBe(28);
        failure.Message.ShouldContain("No space left on device");
        Count().ShouldBe(0);
        Pages(10_000);
        Insert("small", "{}");
        Count().ShouldBe(1);
    }

    private void Pages(int most) =>
        _database.Do(
            (connection, transaction) =>
                connection.Execute(FormattableString.Invariant($"PRAGMA max_page_count={most}"), transaction: transaction)
        );

    private void Insert(string id, string document) =>
        _database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "INSERT INTO sandboxes (id, name, state, created, document) VALUES (@id, @id, 'Running', '2026-01-01', @document)",
                    new { id, document },
                    transaction
                )
        );

    private int Count() =>
        _database.Read(
            (connection, transaction) => connection.ExecuteScalar<int>("SELECT count(*) FROM sandboxes", transaction: transaction)
        );
}
