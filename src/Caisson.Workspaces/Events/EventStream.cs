using System.Data.Common;
using Caisson.Storage;
using Dapper;

namespace Caisson.Workspaces.Events;

/// <summary>
/// The one stream of events of the installation, in the database, with rising ids. An event is written in the transaction of its change, so neither
/// is there without the other; the last ones are kept in memory too, where any number of listeners read.
/// </summary>
public sealed class EventStream
{
    /// <summary>How far back a listener can resume.</summary>
    public const int Kept = 10_000;

    private readonly Database _database;
    private readonly TimeProvider _time;
    /// <summary>Held while an event is written, so that the order in memory is that of the ids. Readers never wait for it.</summary>
    private readonly Lock _order = new();

    /// <summary>Guards what follows; held for moments only.</summary>
    private readonly Lock _memory = new();
    private readonly List<StreamEvent> _recent = new(2 * Kept);
    private long _last;
    private TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventStream(Database database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        _recent.AddRange(Load());
        _last = _recent.Count == 0 ? 0 : _recent[^1].Id;
    }

    /// <summary>Id of the newest event, or 0.</summary>
    public long Last
    {
        get
        {
            lock (_memory)
                return _last;
        }
    }

    /// <summary>Runs work that writes and tells of it. The work may be run again, so it changes nothing but the database and the list it is given.</summary>
    public T Do<T>(Func<DbConnection, DbTransaction, ICollection<NewEvent>, T> work)
    {
        lock (_order)
        {
            var written = new List<StreamEvent>();
            var result = _database.Do(
                (connection, transaction) =>
                {
                    written.Clear();
                    var events = new List<NewEvent>();
                    var made = work(connection, transaction, events);
                    written.AddRange(events.Select(added => Write(connection, transaction, added)));
                    return made;
                }
            );
            Publish(written);
            return result;
        }
    }

    /// <summary>An event that tells of nothing stored.</summary>
    public void Notice(string type, string about, string? data) =>
        Do(
            (_, _, events) =>
            {
                events.Add(new NewEvent(type, about, null, null, data));
                return 0;
            }
        );

    /// <summary>What came after <paramref name="after"/>, oldest first; null when that is too long ago, or never was.</summary>
    public IReadOnlyList<StreamEvent>? Since(long after)
    {
        lock (_memory)
        {
            var oldest = Math.Max(0, _recent.Count - Kept);
            if (after > _last || (_recent.Count > 0 && after < _recent[oldest].Id - 1))
                return null;
            var first = _recent.Count;
            // From the newest back: who listens has seen nearly all.
            while (first > oldest && _recent[first - 1].Id > after)
                first--;
            return first == _recent.Count ? [] : _recent.GetRange(first, _recent.Count - first);
        }
    }

    /// <summary>Completes when there is one after <paramref name="after"/>.</summary>
    public Task WaitAsync(long after, CancellationToken cancellation)
    {
        lock (_memory)
            return _last > after ? Task.CompletedTask : _pulse.Task.WaitAsync(cancellation);
    }

    private StreamEvent Write(DbConnection connection, DbTransaction transaction, NewEvent added)
    {
        var now = _time.GetUtcNow();
        var id = connection.ExecuteScalar<long>(
            """
            INSERT INTO event_stream (time, type, object, owner, workspace, data)
            VALUES (@now, @Type, @Object, @Owner, @Workspace, @Data) RETURNING id
            """,
            new
            {
                now = Timestamp.Format(now),
                added.Type,
                added.Object,
                added.Owner,
                added.Workspace,
                added.Data,
            },
            transaction
        );
        if (id % 1000 == 0)
            connection.Execute("DELETE FROM event_stream WHERE id <= @old", new { old = id - Kept }, transaction);
        return new StreamEvent(id, now, added.Type, added.Object, added.Owner, added.Workspace, added.Data);
    }

    private void Publish(IReadOnlyList<StreamEvent> written)
    {
        if (written.Count == 0)
            return;
        TaskCompletionSource pulse;
        lock (_memory)
        {
            _recent.AddRange(written);
            if (_recent.Count >= 2 * Kept)
                _recent.RemoveRange(0, _recent.Count - Kept);
            _last = written[^1].Id;
            pulse = _pulse;
            _pulse = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        pulse.SetResult();
    }

    private IEnumerable<StreamEvent> Load() =>
        _database
            .Read(
                (connection, transaction) =>
                    connection
                        .Query<(long Id, string Time, string Type, string Object, string? Owner, string? Workspace, string? Data)>(
                            "SELECT id, time, type, object, owner, workspace, data FROM event_stream ORDER BY id DESC LIMIT @Kept",
                            new { Kept },
                            transaction
                        )
                        .AsList()
            )
            .Select(row => new StreamEvent(row.Id, Timestamp.Parse(row.Time), row.Type, row.Object, row.Owner, row.Workspace, row.Data))
            .Reverse();
}
