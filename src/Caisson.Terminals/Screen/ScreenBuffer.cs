namespace Caisson.Terminals.Screen;

/// <summary>One of the two grids, with what belongs to it alone: scroll region, tab stops, saved cursor.</summary>
internal sealed partial class ScreenBuffer
{
    public Scrollback? Scrollback;
    public Row[] Rows;
    public int Top;
    public int Bottom;
    public TabStops Tabs;
    public SavedCursor Saved;

    /// <summary>Where the cursor was when the other buffer came up; the cursor itself is one for both.</summary>
    public int Column,
        Line;

    public ScreenBuffer(int columns, int rows, Scrollback? scrollback)
    {
        Scrollback = scrollback;
        Rows = new Row[rows];
        for (var i = 0; i < rows; i++)
            Rows[i] = new Row(columns, Cell.Erased(0));
        Clear(columns, Cell.Erased(0));
    }

    public void Clear(int columns, Cell fill)
    {
        foreach (var row in Rows)
            row.Reset(fill);
        Top = 0;
        Bottom = Rows.Length - 1;
        Tabs.SetDefaults(0, columns);
        Column = Line = 0;
    }

    /// <summary>The region goes up by a line. What leaves the top of the screen goes to the history, if this buffer has one.</summary>
    public void ScrollUp(Cell fill, bool wrapped)
    {
        var leaving = Rows[Top];
        if (Top == 0 && Scrollback is not null)
        {
            // xterm.js keeps the saved cursor with the text it was at, for as long as the history still grows.
            if (Scrollback.Push(leaving) && Saved.Row > 0)
                Saved.Row--;
        }
        Move(Top + 1, Top, Bottom - Top, leaving);
        leaving.Reset(fill, wrapped);
        FirstLineGoesOnFromNone();
    }

    public void ClearHistory()
    {
        Scrollback?.Clear();
        FirstLineGoesOnFromNone();
    }

    public void FirstLineGoesOnFromNone()
    {
        if (Scrollback is null or { Count: 0 })
            Rows[0].Wrapped = false;
    }

    /// <summary>Takes lines out at the top of a part of the screen and puts blank ones in at its end. They go nowhere.</summary>
    public void TakeOut(int top, int bottom, int count, Cell fill)
    {
        for (count = Math.Min(count, bottom - top + 1); count > 0; count--)
        {
            var leaving = Rows[top];
            Move(top + 1, top, bottom - top, leaving);
            leaving.Reset(fill);
        }
        FirstLineGoesOnFromNone();
    }

    /// <summary>Puts blank lines in at the top of a part of the screen; what leaves it at the end is gone.</summary>
    public void PutIn(int top, int bottom, int count, Cell fill)
    {
        for (count = Math.Min(count, bottom - top + 1); count > 0; count--)
        {
            var leaving = Rows[bottom];
            Array.Copy(Rows, top, Rows, top + 1, bottom - top);
            Rows[top] = leaving;
            leaving.Reset(fill);
        }
    }

    private void Move(int from, int to, int count, Row last)
    {
        Array.Copy(Rows, from, Rows, to, count);
        Rows[to + count] = last;
    }
}
