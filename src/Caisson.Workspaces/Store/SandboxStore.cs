using System.Collections.Concurrent;
using System.Text.Json;
using Caisson.Api;
using Caisson.Sandboxes;
using Caisson.Storage;
using Dapper;

namespace Caisson.Workspaces.Store;

/// <summary>Sandboxes and what happened to them.</summary>
public sealed class SandboxStore(Database database, TimeProvider time)
{
    private const string Columns = "id, name, state, created, slot, document, runtime, process, exit_code AS ExitCode, detail, stages";

    private readonly ConcurrentDictionary<string, bool> _deleted = new(StringComparer.Ordinal);

    public void Insert(SandboxRecord record) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    """
                    INSERT INTO sandboxes (id, name, state, created, slot, document, runtime, process, exit_code, detail, stages)
                    VALUES (@Id, @Name, @State, @Created, @Slot, @Document, @Runtime, @Process, @ExitCode, @Detail, @Stages)
                    """,
                    Row.From(record),
                    transaction
                )
        );

    public void Update(SandboxRecord record) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    """
                    UPDATE sandboxes SET state = @State, slot = @Slot, document = @Document, runtime = @Runtime, process = @Process,
                        exit_code = @ExitCode, detail = @Detail, stages = @Stages
                    WHERE id = @Id
                    """,
                    Row.From(record),
                    transaction
                )
        );

    /// <summary>On a full disk the row goes later, with the first look at the store that finds room; until then it does not show.</summary>
    public void Delete(string id)
    {
        _deleted[id] = true;
        DeleteRows();
    }

    public SandboxRecord? Find(string id) =>
        _deleted.ContainsKey(id)
            ? null
            : database
                .Read(
                    (connection, transaction) =>
                        connection.QuerySingleOrDefault<Row>($"SELECT {Columns} FROM sandboxes WHERE id = @id", new { id }, transaction)
                )
                ?.ToRecord();

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SandboxRecord> All()
    {
        DeleteRows();
        return
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<Row>($"SELECT {Columns} FROM sandboxes ORDER BY created DESC, id", transaction: transaction)
                )
                .Where(row => !_deleted.ContainsKey(row.Id))
                .Select(row => row.ToRecord()),
        ];
    }

    /// <summary>Removes what was logged of sandboxes that are gone: the last words of an end come after its record.</summary>
    public void Prune() =>
        database.Do(
            (connection, transaction) =>
                connection.Execute("DELETE FROM events WHERE sandbox NOT IN (SELECT id FROM sandboxes)", transaction: transaction)
        );

    private void DeleteRows()
    {
        foreach (var id in _deleted.Keys)
        {
            try
            {
                database.Do(
                    (connection, transaction) =>
                    {
                        // Nobody can ask for them any more.
                        connection.Execute("DELETE FROM events WHERE sandbox = @id", new { id }, transaction);
                        return connection.Execute("DELETE FROM sandboxes WHERE id = @id", new { id }, transaction);
                    }
                );
                _deleted.TryRemove(id, out _);
            }
            catch (IOException exception) when (StorageFull.Is(exception))
            {
                // Tried again at the next look; a server that starts meanwhile finds a launch without files and takes it back.
                return;
            }
        }
    }

    /// <summary>
    /// Adds to the sandbox's log. <paramref name="text"/> holds no secret. On a full disk the entry is lost: what it tells of goes on, the end of
    /// a sandbox above all.
    /// </summary>
    public void Log(string sandbox, string kind, string text)
    {
        try
        {
            Add(sandbox, kind, text);
        }
        catch (IOException exception) when (StorageFull.Is(exception))
        {
            // There is nothing left to write to; whoever asked for something that needs the disk is told by that.
        }
    }

    private void Add(string sandbox, string kind, string text) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "INSERT INTO events (sandbox, time, kind, text) VALUES (@sandbox, @now, @kind, @text)",
                    new
                    {
                        sandbox,
                        now = Timestamp.Format(time.GetUtcNow()),
                        kind,
                        text,
                    },
                    transaction
                )
        );

    /// <summary>Oldest first, at most <paramref name="limit"/> of the newest.</summary>
    public IReadOnlyList<LogEntry> Events(string sandbox, int limit) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<(string Time, string Kind, string Text)>(
                            "SELECT time, kind, text FROM events WHERE sandbox = @sandbox ORDER BY id DESC LIMIT @limit",
                            new { sandbox, limit },
                            transaction
                        )
                )
                .Select(row => new LogEntry(Timestamp.Parse(row.Time), row.Kind, row.Text))
                .Reverse(),
        ];

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string Name { get; init; } = "";
        public string State { get; init; } = "";
        public string Created { get; init; } = "";
        public long? Slot { get; init; }
        public string Document { get; init; } = "";
        public string? Runtime { get; init; }
        public long? Process { get; init; }
        public long? ExitCode { get; init; }
        public string? Detail { get; init; }
        public string? Stages { get; init; }

        internal static Row From(SandboxRecord record) =>
            new()
            {
                Id = record.Id,
                Name = record.Name,
                State = record.State.ToString(),
                Created = Timestamp.Format(record.Created),
                Slot = record.Slot,
                Document = JsonSerializer.Serialize(record.Document, StoreJson.Default.SandboxDocument),
                Runtime = record.Runtime is { } runtime ? JsonSerializer.Serialize(runtime, StoreJson.Default.SandboxRuntime) : null,
                Process = record.Process,
                ExitCode = record.ExitCode,
                Detail = record.Detail,
                Stages = JsonSerializer.Serialize(record.Stages, StoreJson.Default.IReadOnlyListStageTiming),
            };

        internal SandboxRecord ToRecord() =>
            new()
            {
                Id = Id,
                Name = Name,
                State = Enum.Parse<SandboxState>(State),
                Created = Timestamp.Parse(Created),
                Slot = (int?)Slot,
                Document = JsonSerializer.Deserialize(Document, StoreJson.Default.SandboxDocument)!,
                Runtime = Runtime is null ? null : JsonSerializer.Deserialize(Runtime, StoreJson.Default.SandboxRuntime),
                Process = Process,
                ExitCode = (int?)ExitCode,
                Detail = Detail,
                Stages = Stages is null ? [] : JsonSerializer.Deserialize(Stages, StoreJson.Default.IReadOnlyListStageTiming)!,
            };
    }
}
