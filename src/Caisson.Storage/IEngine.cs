using System.Data.Common;

namespace Caisson.Storage;

/// <summary>What differs between the two database systems.</summary>
internal interface IEngine : IDisposable
{
    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    string Name { get; }

    /// <summary>What a message calls this database: a path, or host and name; never a password.</summary>
    string Place { get; }

    /// <summary>Type of a primary key that counts up.</summary>
    string Identity { get; }

    /// <summary>
    /// Runs work in one transaction that sees nothing of others' unfinished ones. With <paramref name="write"/> the outcome is as if all writers
    /// had come one after the other; the work may be run again when another writer was in the way, so it changes nothing but the database.
    /// </summary>
    T Run<T>(bool write, Func<DbConnection, DbTransaction, T> work);

    /// <summary>Lets one server at a time change the schema, until the result is disposed. Taken before any transaction, which would see the past.</summary>
    IDisposable? LockSchema();

    /// <summary>The number of the last migration that was applied, or 0.</summary>
    int ReadVersion(DbConnection connection, DbTransaction transaction);

    void WriteVersion(DbConnection connection, DbTransaction transaction, int version);

    /// <summary>Whether the failure says that there is no space left.</summary>
    bool IsStorageFull(Exception exception);
}
