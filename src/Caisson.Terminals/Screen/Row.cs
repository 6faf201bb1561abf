namespace Caisson.Terminals.Screen;

/// <summary>One line of the screen.</summary>
internal sealed class Row
{
    public Cell[] Cells;

    /// <summary>The line goes on from the one above: it was written without a line feed between.</summary>
    public bool Wrapped;

    /// <summary>What shells said of this line (OSC 133).</summary>
    public LineMarks Marks;

    public Row(int columns, Cell fill)
    {
        Cells = new Cell[columns];
        Cells.AsSpan().Fill(fill);
    }

    public void Reset(Cell fill, bool wrapped = false)
    {
        Cells.AsSpan().Fill(fill);
        Wrapped = wrapped;
        Marks = LineMarks.None;
    }

    /// <summary>Columns up to the last that has content.</summary>
    public int ContentLength
    {
        get
        {
            for (var i = Cells.Length - 1; i >= 0; i--)
            {
                if (Cells[i].HasContent)
                    return Math.Min(Cells.Length, i + Cells[i].Width);
            }
            return 0;
        }
    }

    public void Resize(int columns)
    {
        var old = Cells.Length;
        if (columns == old)
            return;
        Array.Resize(ref Cells, columns);
        if (columns > old)
            Cells.AsSpan(old).Fill(Cell.Erased(0));
        else if (Cells[columns - 1].Width == 2)
            Cells[columns - 1] = Cell.Erased(Cells[columns - 1].Pen.Background);
    }

    /// <summary>Moves what is right of the column to the right; what leaves the line is gone.</summary>
    public void Insert(int column, int count, Cell fill)
    {
        var cells = Cells.AsSpan();
        if (column > 0 && cells[column - 1].Width == 2)
            cells[column - 1] = fill;
        count = Math.Min(count, cells.Length - column);
        cells[column..^count].CopyTo(cells[(column + count)..]);
        cells.Slice(column, count).Fill(fill);
        MendSecondHalf(column + count, fill);
        if (cells[^1].Width == 2)
            cells[^1] = fill;
    }

    /// <summary>Takes cells out and moves what is right of them to the left.</summary>
    public void Delete(int column, int count, Cell fill)
    {
        var cells = Cells.AsSpan();
        count = Math.Min(count, cells.Length - column);
        cells[(column + count)..].CopyTo(cells[column..]);
        cells[^count..].Fill(fill);
        if (column > 0 && cells[column - 1].Width == 2)
            cells[column - 1] = fill;
        MendSecondHalf(column, fill);
    }

    /// <summary>Erases from a column up to, not with, another; no half of a wide character is left.</summary>
    public void Erase(int start, int end, Cell fill, bool sparesProtected)
    {
        var cells = Cells.AsSpan();
        end = Math.Min(end, cells.Length);
        if (start >= end)
            return;
        if (start > 0 && cells[start - 1].Width == 2 && !(sparesProtected && cells[start - 1].Pen.IsProtected))
            cells[start - 1] = fill;
        if (end < cells.Length && cells[end - 1].Width == 2 && !(sparesProtected && cells[end].Pen.IsProtected))
            cells[end] = fill;
        if (!sparesProtected)
        {
            cells[start..end].Fill(fill);
            return;
        }
        foreach (ref var cell in cells[start..end])
        {
            if (!cell.Pen.IsProtected)
                cell = fill;
        }
    }

    private void MendSecondHalf(int column, Cell fill)
    {
        if (column < Cells.Length && Cells[column].Content == 0)
            Cells[column] = fill;
    }
}
