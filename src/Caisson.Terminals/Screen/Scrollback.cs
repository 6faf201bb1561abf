namespace Caisson.Terminals.Screen;

/// <summary>
/// The lines above the screen, oldest first: encoded one after another in a ring of bytes that grows with them, so that a full history costs about as
/// much memory as its text and a new line costs no allocation.
/// </summary>
internal sealed class Scrollback(int maximumLines)
{
    /// <summary>Whatever is written, a history takes no more than this; then the oldest lines go, also when they are fewer than allowed.</summary>
    public const int MaximumBytes = 256 << 20;

    private const int SmallestRing = 1 << 14;

    private byte[] ring = [];
    private Entry[] entries = [];
    private int first;
    private long start;
    private long end;
    private byte[] scratch = [];

    public int MaximumLines { get; private set; } = maximumLines;

    public int Count { get; private set; }

    private struct Entry
    {
        public long Offset;
        public int Length;
        public LineMarks Marks;
        public bool Wrapped;
    }

    /// <summary>True when the history grew by this line; false when it is full (the oldest line went) or keeps nothing.</summary>
    public bool Push(Row row)
    {
        if (MaximumLines == 0)
            return false;
        var bound = LineCodec.Bound(row.Cells.Length);
        if (scratch.Length < bound)
            scratch = new byte[bound];
        var length = LineCodec.Encode(row.Cells, scratch);
        return Append(scratch.AsSpan(0, length), row.Wrapped, row.Marks);
    }

    public bool Append(ReadOnlySpan<byte> encoded, bool wrapped, LineMarks marks)
    {
        var grew = true;
        while (Count == MaximumLines || Count > 0 && end - start + encoded.Length > MaximumBytes)
        {
            RemoveFirst();
            grew = false;
        }
        Reserve(encoded.Length);
        var offset = end;
        var at = (int)(offset & (ring.Length - 1));
        var head = Math.Min(encoded.Length, ring.Length - at);
        encoded[..head].CopyTo(ring.AsSpan(at));
        encoded[head..].CopyTo(ring);
        end += encoded.Length;
        if (Count == entries.Length)
            GrowEntries();
        entries[Index(Count)] = new Entry
        {
            Offset = offset,
            Length = encoded.Length,
            Wrapped = wrapped,
            Marks = marks,
        };
        Count++;
        return grew;
    }

    public bool IsWrapped(int line) => entries[Index(line)].Wrapped;

    public LineMarks MarksOf(int line) => entries[Index(line)].Marks;

    /// <summary>The encoded line. Valid until the next call that gives or takes one.</summary>
    public ReadOnlySpan<byte> Encoded(int line)
    {
        var entry = entries[Index(line)];
        var at = (int)(entry.Offset & (ring.Length - 1));
        if (at + entry.Length <= ring.Length)
            return ring.AsSpan(at, entry.Length);
        if (scratch.Length < entry.Length)
            scratch = new byte[entry.Length];
        var head = ring.Length - at;
        ring.AsSpan(at).CopyTo(scratch);
        ring.AsSpan(0, entry.Length - head).CopyTo(scratch.AsSpan(head));
        return scratch.AsSpan(0, entry.Length);
    }

    /// <summary>Fills the row with a line of the history, cut or filled up to the row's width.</summary>
    public void Read(int line, Row row)
    {
        LineCodec.Decode(Encoded(line), row.Cells);
        row.Wrapped = IsWrapped(line);
        row.Marks = MarksOf(line);
    }

    public void RemoveLast()
    {
        Count--;
        end = entries[Index(Count)].Offset;
    }

    public void RemoveFirst()
    {
        first = (first + 1) % entries.Length;
        Count--;
        start = Count == 0 ? end : entries[first].Offset;
        // What it went on from is no more.
        entries[first].Wrapped = false;
    }

    public void Limit(int lines)
    {
        MaximumLines = lines;
        while (Count > lines)
            RemoveFirst();
    }

    public void Clear()
    {
        Count = 0;
        start = end;
    }

    private int Index(int line)
    {
        var index = first + line;
        return index >= entries.Length ? index - entries.Length : index;
    }

    private void Reserve(int more)
    {
        var needed = end - start + more;
        if (needed <= ring.Length)
            return;
        var size = Math.Max(SmallestRing, ring.Length);
        while (size < needed)
            size *= 2;
        var grown = new byte[size];
        for (var position = start; position < end; )
        {
            var from = (int)(position & (ring.Length - 1));
            var to = (int)(position & (size - 1));
            var count = (int)Math.Min(end - position, Math.Min(ring.Length - from, size - to));
            ring.AsSpan(from, count).CopyTo(grown.AsSpan(to));
            position += count;
        }
        ring = grown;
    }

    private void GrowEntries()
    {
        var grown = new Entry[Math.Min(MaximumLines, Math.Max(256, entries.Length * 2))];
        for (var i = 0; i < Count; i++)
            grown[i] = entries[Index(i)];
        entries = grown;
        first = 0;
    }
}
