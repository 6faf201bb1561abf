namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>Keeps the cursor on the screen, or with origin mode in the scroll region. Ends a pending wrap unless told to spare it.</summary>
    private void Restrict(bool sparesPendingWrap = false)
    {
        x = Math.Clamp(x, 0, sparesPendingWrap ? Columns : Columns - 1);
        y = Is(ScreenModes.Origin) ? Math.Clamp(y, active.Top, active.Bottom) : Math.Clamp(y, 0, Rows - 1);
    }

    private void MoveTo(int column, int row)
    {
        x = column;
        y = Is(ScreenModes.Origin) ? active.Top + row : row;
        Restrict();
    }

    private void MoveBy(int columns, int rows)
    {
        Restrict();
        x += columns;
        y += rows;
        Restrict();
    }

    /// <summary>Up to the top of the region; from above it, to the top of the screen.</summary>
    private void Up(int count) => MoveBy(0, y >= active.Top ? -Math.Min(count, y - active.Top) : -count);

    private void Down(int count) => MoveBy(0, y <= active.Bottom ? Math.Min(count, active.Bottom - y) : count);

    /// <summary>VPA, CHA: not as a position from the origin in the column's case, so only the row counts from it.</summary>
    private void ToColumn(int column)
    {
        x = column;
        Restrict();
    }

    private void LineFeed()
    {
        if (Is(ScreenModes.NewLine))
            x = 0;
        if (y == active.Bottom)
        {
            active.ScrollUp(Blank, wrapped: false);
        }
        else if (y < Rows - 1)
        {
            y++;
            CurrentRow.Wrapped = false;
        }
        x = Math.Min(x, Columns - 1);
    }

    private void Index()
    {
        Restrict();
        if (y == active.Bottom)
            active.ScrollUp(Blank, wrapped: false);
        else
            y = Math.Min(y + 1, Rows - 1);
        Restrict();
    }

    private void ReverseIndex()
    {
        Restrict();
        if (y == active.Top)
        {
            active.PutIn(active.Top, active.Bottom, 1, Blank);
            return;
        }
        y--;
        Restrict();
    }

    private void Backspace()
    {
        if (!Is(ScreenModes.ReverseWrap))
        {
            Restrict();
            x = Math.Max(0, x - 1);
            return;
        }
        Restrict(sparesPendingWrap: true);
        if (x > 0)
        {
            x--;
        }
        else if (y > active.Top && y <= active.Bottom && CurrentRow.Wrapped)
        {
            // Only back over a wrap that really was one, as xterm.js does it.
            CurrentRow.Wrapped = false;
            y--;
            x = Columns - 1;
            if (CurrentRow.Cells[x] is { HasContent: false, Width: > 0 })
                x--;
        }
        Restrict();
    }

    private void Tabulate(int count)
    {
        for (count = Math.Min(count, Columns); count > 0 && x < Columns - 1; count--)
            x = active.Tabs.Next(x, Columns);
    }

    private void TabulateBack(int count)
    {
        if (x >= Columns)
            return;
        for (count = Math.Min(count, Columns); count > 0 && x > 0; count--)
            x = active.Tabs.Previous(x);
    }

    private void SetTab()
    {
        if (x < Columns)
            active.Tabs[x] = true;
    }

    private void ClearTabs(int what)
    {
        if (what == 3)
            active.Tabs.Clear();
        else if (what == 0 && x < Columns)
            active.Tabs[x] = false;
    }

    private void SetRegion(int top, int bottom)
    {
        if (bottom == 0 || bottom > Rows)
            bottom = Rows;
        if (bottom <= top)
            return;
        active.Top = top - 1;
        active.Bottom = bottom - 1;
        MoveTo(0, 0);
    }

    private void SaveCursor() =>
        active.Saved = new SavedCursor
        {
            Column = Math.Min(x, Columns - 1),
            Row = y,
            Pen = pen with { Extension = WithoutLink(pen.Extension) },
            Origin = Is(ScreenModes.Origin),
            IsSet = true,
            Charsets = charsets,
        };

    private void RestoreCursor()
    {
        ref var saved = ref active.Saved;
        x = saved.Column;
        y = saved.Row;
        var extension = ExtensionOf(saved.Pen.Extension) with { Link = ExtensionOf(pen.Extension).Link };
        pen = saved.Pen with { Extension = Intern(extension) };
        SetCharsets(saved.IsSet ? saved.Charsets : Charsets.Default);
        Set(ScreenModes.Origin, saved.Origin);
        Restrict();
    }

    private uint WithoutLink(uint extension) => Intern(ExtensionOf(extension) with { Link = 0 });

    private void SetCharsets(Charsets next)
    {
        charsets = next;
        Charsets.TryGet(next.InUse, out charset);
    }

    private void Designate(int index, int set)
    {
        if (!Charsets.TryGet((byte)set, out _))
            return;
        var next = charsets;
        next[index] = (byte)set;
        SetCharsets(next);
    }

    private void Shift(byte level) => SetCharsets(charsets with { Level = level });
}
