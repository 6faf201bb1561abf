using System.Reflection;
using System.Runtime.InteropServices;
using Caisson.Sandboxes;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Caisson.Workspaces.Store;

/// <summary>
/// The state of one installation: one SQLite file in WAL mode, one connection, one writer. SQL is plain and in the dialect that PostgreSQL
/// shares; schema changes are numbered and each runs in one transaction.
/// </summary>
public sealed class Database : IDisposable
{
    /// <summary>In order; a shipped entry never changes.</summary>
    private static readonly string[] Migrations =
    [
        """
            CREATE TABLE sandboxes (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                state TEXT NOT NULL,
                created TEXT NOT NULL,
                slot INTEGER NULL,
                document TEXT NOT NULL,
                runtime TEXT NULL,
                process BIGINT NULL,
                exit_code INTEGER NULL,
                detail TEXT NULL,
                stages TEXT NULL
            );
            CREATE TABLE events (
                id INTEGER PRIMARY KEY,
                sandbox TEXT NOT NULL,
                time TEXT NOT NULL,
                kind TEXT NOT NULL,
                text TEXT NOT NULL
            );
            CREATE INDEX events_by_sandbox ON events (sandbox, id);
            """,
    ];

    /// <summary>SQLITE_FULL, SQLITE_IOERR and SQLITE_CANTOPEN (sqlite.org/rescode.html).</summary>
    private const int Full = 13;
    private const int InputOutput = 10;
    private const int CantOpen = 14;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly Lock _gate = new();

    private Database(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>The number of migrations that this version knows.</summary>
    public static int SchemaVersion => Migrations.Length;

    /// <exception cref="InvalidDataException">The file is damaged or from a newer version; the message says which.</exception>
    public static Database Open(string path)
    {
        UseSystemLibrary();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA synchronous=NORMAL;");
            if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") is not "ok")
                throw new InvalidDataException(
                    $"The database {path} is damaged. Restore it from a backup, or move it away to start afresh."
                );
            Migrate(connection, path);
            return new Database(connection, path);
        }
        catch (SqliteException exception) when (IsFull(exception, path))
        {
            connection.Dispose();
            throw StorageFull.Exception(exception);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new InvalidDataException($"The database {path} can't be opened: {exception.Message}", exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs work on the one connection, in a transaction.</summary>
    /// <exception cref="IOException">The disk is full (see <see cref="StorageFull"/>) or can't be written; nothing has changed.</exception>
    public T Do<T>(Func<SqliteConnection, T> work)
    {
        lock (_gate)
        {
            try
            {
                return InTransaction(work);
            }
            catch (SqliteException exception) when (IsFull(exception, _path))
            {
                return AfterCheckpoint(work);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == InputOutput)
            {
                throw new IOException($"The state database can't be written or read: {exception.Message}", exception);
            }
        }
    }

    /// <summary>
    /// What the log of changes holds usually fits over pages that the database has already. Moving it there gives its space back, which is what
    /// a full disk needs for taking back a launch.
    /// </summary>
    private T AfterCheckpoint<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            _connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            return InTransaction(work);
        }
        catch (SqliteException exception) when (IsFull(exception, _path))
        {
            throw StorageFull.Exception(exception);
        }
    }

    /// <summary>
    /// SQL begins and ends it: the library's own transaction objects stay open for good when SQLite has rolled back by itself, as it does on a
    /// full disk.
    /// </summary>
    private T InTransaction<T>(Func<SqliteConnection, T> work)
    {
        _connection.Execute("BEGIN DEFERRED");
        try
        {
            var result = work(_connection);
            _connection.Execute("COMMIT TRANSACTION");
            return result;
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
                _connection.Execute("ROLLBACK TRANSACTION");
            throw;
        }
    }

    private static bool IsFull(SqliteException exception, string path) =>
        exception.SqliteErrorCode == Full
        || exception.SqliteErrorCode is InputOutput or CantOpen && StorageFull.IsAt(Path.GetDirectoryName(path)!);

    public void Dispose() => _connection.Dispose();

    private static void Migrate(SqliteConnection connection, string path)
    {
        var version = connection.ExecuteScalar<int>("PRAGMA user_version");
        if (version > Migrations.Length)
            throw new InvalidDataException(
                $"The database {path} is of a newer version (schema {version}; this program knows {Migrations.Length}). Use the newer program."
            );
        for (; version < Migrations.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(Migrations[version], transaction: transaction);
            connection.Execute($"PRAGMA user_version={version + 1}", transaction: transaction);
            transaction.Commit();
        }
    }

    /// <summary>The distribution keeps its library patched; the packaged one serves where there is none.</summary>
    private static void UseSystemLibrary()
    {
        var provider = typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly;
        try
        {
            NativeLibrary.SetDllImportResolver(provider, Resolve);
        }
        catch (InvalidOperationException)
        {
            // Set by an earlier call in this process.
        }
        SQLitePCL.Batteries_V2.Init();

        static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) =>
            name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : 0;
    }
}
