using System.Data.Common;
using Dapper;

namespace Caisson.Storage;

/// <summary>
/// The state of one installation, in SQLite or in PostgreSQL. SQL is plain and in the dialect that both share: no booleans (0 and 1), times as
/// text (<see cref="Timestamp"/>), <c>ON CONFLICT</c> and <c>RETURNING</c> as both have them.
/// </summary>
public sealed class Database : IDisposable
{
    /// <summary>ENOSPC (errno(3)), as the framework gives it for files.</summary>
    private const int NoSpace = 28;

    private readonly IEngine _engine;

    private Database(IEngine engine) => _engine = engine;

    /// <summary>The number of migrations that this version knows.</summary>
    public static int SchemaVersion => Migration.All.Count;

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public string Engine => _engine.Name;

    /// <param name="path">A file, made when it is not there.</param>
    /// <exception cref="InvalidDataException">The file is damaged or from a newer version; the message says which.</exception>
    public static Database Open(string path) => Migrated(new SqliteEngine(path));

    /// <param name="connectionString">As Npgsql reads it.</param>
    /// <exception cref="InvalidDataException">The server can't be used, or its schema is of a newer version.</exception>
    public static Database OpenPostgres(string connectionString) => Migrated(new PostgresEngine(connectionString));

    /// <summary>Runs work that may write, in one transaction. It may be run again, so it changes nothing but the database.</summary>
    /// <exception cref="IOException">Nothing can be stored; its <c>HResult</c> is ENOSPC when the disk is full.</exception>
    public T Do<T>(Func<DbConnection, DbTransaction, T> work) => Guarded(write: true, work);

    /// <summary>Runs work that only reads, in one transaction, beside a writer.</summary>
    public T Read<T>(Func<DbConnection, DbTransaction, T> work) => Guarded(write: false, work);

    public void Dispose() => _engine.Dispose();

    private T Guarded<T>(bool write, Func<DbConnection, DbTransaction, T> work)
    {
        try
        {
            return _engine.Run(write, work);
        }
        catch (Exception exception) when (_engine.IsStorageFull(exception))
        {
            throw Full(exception);
        }
    }

    internal static IOException Full(Exception exception) =>
        new("No space left on device: the state database could not be written.", exception) { HResult = NoSpace };

    private static Database Migrated(IEngine engine)
    {
        try
        {
            Migrate(engine);
            return new Database(engine);
        }
        catch (Exception exception)
        {
            engine.Dispose();
            if (engine.IsStorageFull(exception))
                throw Full(exception);
            throw;
        }
    }

    private static void Migrate(IEngine engine)
    {
        using var schema = engine.LockSchema();
        while (engine.Run(write: true, Next)) { }

        bool Next(DbConnection connection, DbTransaction transaction)
        {
            var version = engine.ReadVersion(connection, transaction);
            if (version > SchemaVersion)
                throw new InvalidDataException(
                    $"The database {engine.Place} is of a newer version (schema {version}; this program knows {SchemaVersion}). Use the newer program."
                );
            if (version == SchemaVersion)
                return false;
            var migration = Migration.All[version];
            connection.Execute(migration.Sql.Replace("{identity}", engine.Identity, StringComparison.Ordinal), transaction: transaction);
            engine.WriteVersion(connection, transaction, migration.Number);
            return true;
        }
    }
}
