using System.Runtime.InteropServices;

namespace Caisson.Terminals.Screen;

/// <summary>
/// Lays lines out for another width: lines that go on from one another are joined and broken anew. The lines that the cursor is in stay as they are and are
/// cut or filled up, because the shell will write them again.
/// </summary>
/// <param name="lines">Takes the new lines, oldest first.</param>
/// <param name="cursorLine">The line of the cursor, counted from the oldest.</param>
internal sealed class Reflow(Scrollback lines, int oldColumns, int columns, int cursorLine)
{
    /// <summary>What goes on for longer is laid out in parts, so that no output can make a resize need much memory.</summary>
    private const int MaximumJoined = 4096;

    private readonly List<Row> group = [];
    private readonly List<Cell> joined = [];
    private readonly Stack<Row> spare = [];
    private readonly Row target = new(columns, Cell.Erased(0));
    private readonly byte[] encoded = new byte[LineCodec.Bound(columns)];
    private int taken;

    /// <summary>Lines that came out so far; the first of them may have left the history again.</summary>
    public int Total { get; private set; }

    /// <summary>Where the cursor's line is among them.</summary>
    public int CursorLine { get; private set; }

    /// <summary>A row to fill and give to <see cref="Take"/>.</summary>
    public Row Rent() => spare.TryPop(out var row) ? row : new Row(oldColumns, Cell.Erased(0));

    public void Take(Row row)
    {
        if (group.Count > 0 && (!row.Wrapped || group.Count == MaximumJoined))
            Flush();
        group.Add(row);
    }

    /// <summary>Lays out what was taken and not yet laid out.</summary>
    public void Flush()
    {
        var hasCursor = cursorLine >= taken && cursorLine < taken + group.Count;
        if (hasCursor)
            CursorLine = Total + cursorLine - taken;
        if (hasCursor || (group.Count == 1 && (columns > oldColumns || group[0].ContentLength <= columns)))
        {
            foreach (var row in group)
            {
                row.Cells.AsSpan(0, Math.Min(oldColumns, columns)).CopyTo(target.Cells);
                target.Cells.AsSpan(Math.Min(oldColumns, columns)).Fill(Cell.Erased(0));
                if (target.Cells[^1].Width == 2)
                    target.Cells[^1] = Cell.Erased(target.Cells[^1].Pen.Background);
                Put(row.Wrapped, row.Marks);
            }
        }
        else
        {
            Join();
            Break();
        }
        taken += group.Count;
        foreach (var row in group)
            spare.Push(row);
        group.Clear();
    }

    private void Join()
    {
        joined.Clear();
        for (var i = 0; i < group.Count; i++)
        {
            var cells = group[i].Cells;
            var length = group[i].ContentLength;
            if (i + 1 < group.Count)
            {
                // A wide character didn't fit: the cell that it left isn't text.
                var left = cells[^1] is { HasContent: false, Width: 1 } && group[i + 1].Cells[0].Width == 2;
                length = left ? oldColumns - 1 : oldColumns;
            }
            joined.AddRange(cells.AsSpan(0, length));
        }
    }

    private void Break()
    {
        var rest = CollectionsMarshal.AsSpan(joined);
        var wrapped = group[0].Wrapped;
        var marks = group.Aggregate(LineMarks.None, (all, row) => all | row.Marks);
        do
        {
            var count = Math.Min(rest.Length, columns);
            if (count < rest.Length && rest[count - 1].Width == 2)
                count--;
            rest[..count].CopyTo(target.Cells);
            target.Cells.AsSpan(count).Fill(Cell.Erased(0));
            Put(wrapped, marks);
            rest = rest[count..];
            wrapped = true;
            marks = LineMarks.None;
        } while (!rest.IsEmpty);
    }

    private void Put(bool wrapped, LineMarks marks)
    {
        var length = LineCodec.Encode(target.Cells, encoded);
        lines.Append(encoded.AsSpan(0, length), wrapped, marks);
        Total++;
    }
}
