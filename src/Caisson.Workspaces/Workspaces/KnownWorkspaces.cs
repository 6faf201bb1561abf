using System.Collections.Concurrent;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// Workspaces as they were last read, so that a list does not read the same documents again. A version belongs to one content for ever, since each change
/// raises it in the transaction that makes it; only what a finished transaction can have written may be put here, so readers put it, writers never.
/// </summary>
internal sealed class KnownWorkspaces
{
    /// <summary>Some 10 KiB each.</summary>
    private const int Most = 5000;

    private readonly ConcurrentDictionary<string, WorkspaceRecord> _records = new(StringComparer.Ordinal);

    internal WorkspaceRecord? Find(string id, long version) =>
        _records.TryGetValue(id, out var record) && record.Version == version ? record : null;

    internal void Add(WorkspaceRecord record)
    {
        // Which of them go does not matter: what is listed comes back at once.
        if (_records.Count >= Most)
            _records.Clear();
        _records[record.Id] = record;
    }
}
