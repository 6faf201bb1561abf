using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Audit;

/// <summary>
/// The record of access. Rows are only ever added, and before the effect is answered: while nothing can be recorded, nothing is allowed (the caller
/// gets the <see cref="IOException"/>).
/// </summary>
public sealed class AccessLog(Database database, TimeProvider time)
{
    private const int LongestText = 500;

    public void Add(AccessEvent entry) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    """
                    INSERT INTO access_events
                        (time, action, actor, acting_for, source, peer, agent, request, object, outcome, reason, old_value, new_value)
                    VALUES (@Time, @Action, @Actor, @ActingFor, @Source, @Peer, @Agent, @Request, @Object, @Outcome, @Reason, @Before, @After)
                    """,
                    new
                    {
                        Time = Timestamp.Format(time.GetUtcNow()),
                        entry.Action,
                        entry.Actor,
                        entry.ActingFor,
                        entry.Source,
                        entry.Peer,
                        Agent = Cut(entry.Agent),
                        entry.Request,
                        entry.Object,
                        entry.Outcome,
                        Reason = Cut(entry.Reason),
                        entry.Before,
                        entry.After,
                    },
                    transaction
                )
        );

    /// <summary>Newest first.</summary>
    /// <param name="before">Only older than this id.</param>
    public IReadOnlyList<RecordedEvent> Newest(int limit, long before = long.MaxValue, string? action = null) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<Row>(
                            """
                            SELECT id, time, action, actor, acting_for AS ActingFor, source, peer, agent, request, object, outcome, reason,
                                old_value AS Before, new_value AS After
                            FROM access_events WHERE id < @before AND (@action = '' OR action = @action) ORDER BY id DESC LIMIT @limit
                            """,
                            new
                            {
                                before,
                                action = action ?? "",
                                limit,
                            },
                            transaction
                        )
                )
                .Select(row => row.ToEvent()),
        ];

    /// <summary>Oldest first: what was done to one thing.</summary>
    public IReadOnlyList<RecordedEvent> Of(string thing) =>
        [
            .. database
                .Read(
                    (connection, transaction) =>
                        connection.Query<Row>(
                            """
                            SELECT id, time, action, actor, acting_for AS ActingFor, source, peer, agent, request, object, outcome, reason,
                                old_value AS Before, new_value AS After
                            FROM access_events WHERE object = @thing ORDER BY id
                            """,
                            new { thing },
                            transaction
                        )
                )
                .Select(row => row.ToEvent()),
        ];

    /// <summary>What something was done to, each once.</summary>
    public IReadOnlyList<string> Objects(string action) =>
        [
            .. database.Read(
                (connection, transaction) =>
                    connection.Query<string>(
                        "SELECT DISTINCT object FROM access_events WHERE action = @action AND object IS NOT NULL",
                        new { action },
                        transaction
                    )
            ),
        ];

    /// <summary>Newest first: those of one kind since a time.</summary>
    public IReadOnlyList<RecordedEvent> Since(DateTimeOffset time, string action) =>
        [.. Newest(100, action: action).TakeWhile(recorded => recorded.Time >= time)];

    private static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;

    private sealed class Row
    {
        public long Id { get; init; }
        public string Time { get; init; } = "";
        public string Action { get; init; } = "";
        public string Actor { get; init; } = "";
        public string? ActingFor { get; init; }
        public string? Source { get; init; }
        public string? Peer { get; init; }
        public string? Agent { get; init; }
        public string? Request { get; init; }
        public string? Object { get; init; }
        public string Outcome { get; init; } = "";
        public string? Reason { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }

        public RecordedEvent ToEvent() =>
            new(
                Id,
                Timestamp.Parse(Time),
                new AccessEvent
                {
                    Action = Action,
                    Actor = Actor,
                    ActingFor = ActingFor,
                    Source = Source,
                    Peer = Peer,
                    Agent = Agent,
                    Request = Request,
                    Object = Object,
                    Outcome = Outcome,
                    Reason = Reason,
                    Before = Before,
                    After = After,
                }
            );
    }
}
