using System.Reflection;
using System.Runtime.InteropServices;
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

    /// <summary>SQLITE_FULL and SQLITE_IOERR (sqlite.org/rescode.html).</summary>
    private const int Full = 13;
    private const int InputOutput = 10;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    private Database(SqliteConnection connection) => _connection = connection;

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
            return new Database(connection);
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
    public T Do<T>(Func<SqliteConnection, SqliteTransaction, T> work)
    {
        lock (_gate)
        {
            var transaction = _connection.BeginTransaction();
            try
            {
                var result = work(_connection, transaction);
                transaction.Commit();
                transaction.Dispose();
                return result;
            }
            catch (Exception exception)
            {
                RollBack(transaction);
                if (exception is SqliteException { SqliteErrorCode: Full or InputOutput })
                    throw new IOException("No space left on the device that holds the database, or it can't be written.", exception);
                throw;
            }
        }
    }

    private static void RollBack(SqliteTransaction transaction)
    {
        try
        {
            transaction.Dispose();
        }
        catch (Exception exception) when (exception is InvalidOperationException or SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }

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
