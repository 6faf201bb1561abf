using Dapper;
using Microsoft.Data.Sqlite;

namespace Caisson.Storage.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("caisson-opening-").FullName;

    private string FilePath => Path.Combine(_directory, "state.db");

    [Fact]
    public void Refuses_ADamagedFile_AndSaysWhatToDo()
    {
        File.WriteAllBytes(FilePath, [.. "SQLite format 3\0"u8, .. new byte[4080]]);

        Should.Throw<InvalidDataException>(() => Database.Open(FilePath)).Message.ShouldContain(FilePath);
    }

    [Fact]
    public void Refuses_ANewerSchema()
    {
        Database.Open(FilePath).Dispose();
        using (var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            connection.Open();
            connection.Execute("PRAGMA user_version=999");
        }

        Should.Throw<InvalidDataException>(() => Database.Open(FilePath)).Message.ShouldContain("newer version");
    }

    [Fact]
    public void Names_ThePostgresServer_ButNotThePassword()
    {
        var failure = Should.Throw<InvalidDataException>(() =>
            Database.OpenPostgres("Host=127.0.0.1;Port=1;Username=u;Password=sesame-open;Database=d;Timeout=1")
        );

        failure.Message.ShouldContain("postgresql://127.0.0.1:1/d");
        failure.ToString().ShouldNotContain("sesame-open");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
