using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Caisson.Storage;

/// <summary>One file in WAL mode: one writer at a time, which waits for its turn here and never in the library, and readers beside it.</summary>
internal sealed class SqliteEngine : IEngine
{
    /// <summary>SQLITE_FULL, SQLITE_IOERR and SQLITE_CANTOPEN (sqlite.org/rescode.html).</summary>
    private const int Full = 13;
    private const int InputOutput = 10;
    private const int CantOpen = 14;

    /// <summary>The index of the log of changes grows in steps of 32 KiB; when it can't, no code says that the disk is full.</summary>
    private const long LeastSpace = 64 * 1024;

    /// <summary>Opening one reads the whole schema; each keeps at most 2 MiB of pages.</summary>
    private const int MostIdleReaders = 16;

    private readonly Lock _gate = new();
    private readonly SqliteSession _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private volatile bool _disposed;

    /// <exception cref="InvalidDataException">The file is damaged or can't be opened; the message says which.</exception>
    internal SqliteEngine(string path)
    {
        Place = path;
        SqliteLibrary.Load();
        try
        {
            _writer = Open();
        }
        catch (SqliteException exception)
        {
            throw Unusable(path, exception);
        }
        try
        {
            _writer.Connection.Execute("PRAGMA journal_mode=WAL");
            if (_writer.Connection.ExecuteScalar<string>("PRAGMA quick_check(1)") is not "ok")
                throw new InvalidDataException(
                    $"The database {path} is damaged. Restore it from a backup, or move it away to start afresh."
                );
        }
        catch (SqliteException exception)
        {
            _writer.Dispose();
            throw Unusable(path, exception);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    private static Exception Unusable(string path, SqliteException exception) =>
        IsFull(exception, path)
            ? Database.Full(exception)
            : new InvalidDataException($"The database {path} can't be opened: {exception.Message}", exception);

    public string Name => "sqlite";
    public string Place { get; }
    public string Identity => "INTEGER PRIMARY KEY AUTOINCREMENT";

    public T Run<T>(bool write, Func<DbConnection, DbTransaction, T> work)
    {
        if (write)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return Write(work);
            }
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        var reader = _readers.TryTake(out var idle) ? idle : Open();
        try
        {
            return reader.Run(deferred: true, work);
        }
        finally
        {
            if (_disposed || _readers.Count >= MostIdleReaders)
                reader.Dispose();
            else
                _readers.Add(reader);
        }
    }

    /// <summary>
    /// What the log of changes holds usually fits over pages that the database has already. Moving it there gives its space back, which is what a
    /// full disk needs for taking back what was begun.
    /// </summary>
    private T Write<T>(Func<DbConnection, DbTransaction, T> work)
    {
        try
        {
            return _writer.Run(deferred: false, work);
        }
        catch (SqliteException exception) when (IsStorageFull(exception))
        {
            _writer.Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            return _writer.Run(deferred: false, work);
        }
    }

    /// <summary>None: a transaction that writes is alone here, also among processes.</summary>
    public IDisposable? LockSchema() => null;

    public int ReadVersion(DbConnection connection, DbTransaction transaction) =>
        connection.ExecuteScalar<int>("PRAGMA user_version", transaction: transaction);

    public void WriteVersion(DbConnection connection, DbTransaction transaction, int version) =>
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={version}"), transaction: transaction);

    public bool IsStorageFull(Exception exception) => IsFull(exception, Place);

    private static bool IsFull(Exception exception, string path) =>
        exception switch
        {
            SqliteException { SqliteErrorCode: Full } => true,
            SqliteException { SqliteErrorCode: InputOutput or CantOpen } => new DriveInfo(
                Path.GetDirectoryName(Path.GetFullPath(path))!
            ).AvailableFreeSpace < LeastSpace,
            _ => false,
        };

    /// <summary>Work under way ends first: the library reads memory that is gone when a connection is closed beneath a command.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _writer.Dispose();
        }
        while (_readers.TryTake(out var connection))
            connection.Dispose();
    }

    private SqliteSession Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Place, Pooling = false }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA synchronous=NORMAL;");
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
