namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private bool InRegion => y >= active.Top && y <= active.Bottom;

    private void EraseInDisplay(int what, bool sparesProtected)
    {
        Restrict(sparesPendingWrap: true);
        switch (what)
        {
            case 0:
                EraseInLine(0, sparesProtected);
                EraseLines(y + 1, Rows, sparesProtected);
                break;
            case 1:
                CurrentRow.Erase(0, x + 1, Blank, sparesProtected);
                CurrentRow.Wrapped = false;
                if (x + 1 >= Columns && y + 1 < Rows)
                    active.Rows[y + 1].Wrapped = false;
                EraseLines(0, y, sparesProtected);
                break;
            case 2:
                EraseLines(0, Rows, sparesProtected);
                break;
            case 3:
                active.ClearHistory();
                break;
        }
        if (sparesProtected)
            EndPendingWrapOverNothing();
    }

    private void EraseLines(int first, int end, bool sparesProtected)
    {
        for (var line = first; line < end; line++)
        {
            var row = active.Rows[line];
            row.Erase(0, Columns, Blank, sparesProtected);
            row.Wrapped = false;
            row.Marks = LineMarks.None;
        }
    }

    private void EraseInLine(int what, bool sparesProtected)
    {
        Restrict(sparesPendingWrap: true);
        switch (what)
        {
            case 0:
                CurrentRow.Erase(x, Columns, Blank, sparesProtected);
                CurrentRow.Wrapped &= x != 0;
                break;
            case 1:
                CurrentRow.Erase(0, x + 1, Blank, sparesProtected);
                break;
            case 2:
                CurrentRow.Erase(0, Columns, Blank, sparesProtected);
                CurrentRow.Wrapped = false;
                break;
        }
        if (sparesProtected)
            EndPendingWrapOverNothing();
    }

    private void EraseCharacters(int count)
    {
        Restrict();
        CurrentRow.Erase(x, Math.Min(Columns, x + count), Blank, sparesProtected: false);
    }

    private void InsertCharacters(int count)
    {
        Restrict();
        CurrentRow.Insert(x, count, Blank);
    }

    private void DeleteCharacters(int count)
    {
        Restrict();
        CurrentRow.Delete(x, count, Blank);
    }

    private void InsertLines(int count)
    {
        Restrict();
        if (!InRegion)
            return;
        active.PutIn(y, active.Bottom, count, Blank);
        x = 0;
    }

    private void DeleteLines(int count)
    {
        Restrict();
        if (!InRegion)
            return;
        active.TakeOut(y, active.Bottom, count, Blank);
        x = 0;
    }

    private void ScrollUp(int count)
    {
        active.TakeOut(active.Top, active.Bottom, count, Blank);
        EndPendingWrapOverNothing();
    }

    private void ScrollDown(int count)
    {
        active.PutIn(active.Top, active.Bottom, count, Cell.Erased(0));
        EndPendingWrapOverNothing();
    }

    /// <summary>SL, SR, DECIC, DECDC: every line of the region moves from a column on.</summary>
    private void MoveColumns(int column, int count, bool right)
    {
        if (!InRegion)
            return;
        // With a wrap pending, xterm.js takes the first column.
        column %= Columns;
        for (var line = active.Top; line <= active.Bottom; line++)
        {
            var row = active.Rows[line];
            if (right)
                row.Insert(column, count, Blank);
            else
                row.Delete(column, count, Blank);
            row.Wrapped = false;
        }
        EndPendingWrapOverNothing();
    }

    /// <summary>DECALN.</summary>
    private void FillWithE()
    {
        MoveTo(0, 0);
        var cell = new Cell(Cell.Narrow | 'E', pen with { Background = pen.Background & ~Pen.UnderlineMask, Extension = 0 });
        foreach (var row in active.Rows)
        {
            row.Cells.AsSpan().Fill(cell);
            row.Wrapped = false;
        }
        MoveTo(0, 0);
    }

    /// <summary>
    /// A wrap stays pending only after a character in the last column, or on a line that was erased as a whole: those states, and no others, can be
    /// written as a snapshot.
    /// </summary>
    private void EndPendingWrapOverNothing()
    {
        if (x < Columns || CurrentRow.Cells[^1] is { Width: <= 1, HasContent: true } || IsSecondHalf(Columns - 1))
            return;
        foreach (var cell in CurrentRow.Cells)
        {
            if (!cell.Equals(Cell.Erased(cell.Pen.Background)) || cell.Pen.Background != CurrentRow.Cells[0].Pen.Background)
            {
                x = Columns - 1;
                return;
            }
        }
    }

    private bool IsSecondHalf(int column) => CurrentRow.Cells[column].Content == 0;
}
