using System.Text.Json;

namespace Caisson.Audit;

/// <summary>The newest denials, a fixed number of them. Not thread-safe.</summary>
internal sealed class DenialRing(int capacity)
{
    private readonly DecisionRecord[] records = new DecisionRecord[capacity];
    private int next;
    private int count;

    public bool IsEmpty => count == 0;

    public void Add(DecisionRecord record)
    {
        if (record.Verdict == DecisionRecord.Allowed)
            return;
        records[next] = record;
        next = (next + 1) % capacity;
        count = Math.Min(count + 1, capacity);
    }

    public IReadOnlyList<DecisionRecord> Newest(int limit)
    {
        var newest = new DecisionRecord[Math.Min(limit, count)];
        for (var i = 0; i < newest.Length; i++)
            newest[i] = records[(next - 1 - i + capacity) % capacity];
        return newest;
    }

    /// <summary>Takes the denials out of the end of a log. A line that is no record (torn by a crash) is passed over.</summary>
    public void Fill(ReadOnlySpan<byte> lines, bool startsInsideALine)
    {
        if (startsInsideALine)
            lines = lines[(lines.IndexOf((byte)'\n') + 1)..];
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (TryRead(line) is { } record)
                Add(record);
        }
    }

    private static DecisionRecord? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize(line, DecisionRecordJson.Default.DecisionRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
