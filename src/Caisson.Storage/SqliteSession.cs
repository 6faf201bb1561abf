using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Caisson.Storage;

/// <summary>
/// A connection and its transactions, one at a time. SQL begins and ends them: the library's own transaction objects stay open for good when SQLite has
/// rolled back by itself, as it does on a full disk. The work is given none, which is what its commands need then.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    // Kept, since a command that was run before needs no parsing.
    private readonly SqliteCommand _deferred;
    private readonly SqliteCommand _immediate;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;

    /// <param name="connection">Open; disposed with this.</param>
    internal SqliteSession(SqliteConnection connection)
    {
        Connection = connection;
        _deferred = Command("BEGIN DEFERRED");
        _immediate = Command("BEGIN IMMEDIATE");
        _commit = Command("COMMIT TRANSACTION");
        _rollback = Command("ROLLBACK TRANSACTION");
    }

    internal SqliteConnection Connection { get; }

    /// <param name="deferred">For work that only reads.</param>
    internal T Run<T>(bool deferred, Func<DbConnection, DbTransaction, T> work)
    {
        (deferred ? _deferred : _immediate).ExecuteNonQuery();
        try
        {
            var result = work(Connection, null!);
            _commit.ExecuteNonQuery();
            return result;
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(Connection.Handle) == 0)
                _rollback.ExecuteNonQuery();
            throw;
        }
    }

    public void Dispose()
    {
        _deferred.Dispose();
        _immediate.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        Connection.Dispose();
    }

    private SqliteCommand Command(string text)
    {
        var command = Connection.CreateCommand();
        command.CommandText = text;
        return command;
    }
}
