namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>
    /// Another size, as xterm.js takes it: lines of the main screen that wrap are laid out anew, with the history; the alternate screen is cut or filled up.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The size isn't one a screen can have.</exception>
    public void Resize(int columns, int rows)
    {
        CheckSize(columns, rows);
        if (columns == Columns && rows == Rows)
            return;
        var inAlternate = Is(ScreenModes.AlternateScreen);
        var (column, line) = inAlternate ? (main.Column, main.Line) : (x, y);
        line = ResizeMain(columns, rows, line);
        column = Math.Min(column, columns - 1);
        y = ResizeAlternate(columns, rows, y);
        x = Math.Min(x, columns - 1);
        if (inAlternate)
            (main.Column, main.Line) = (column, line);
        else
            (x, y) = (column, line);
        foreach (var buffer in new[] { main, alternate })
        {
            buffer.Top = 0;
            buffer.Bottom = rows - 1;
            buffer.Tabs.SetDefaults(Math.Min(Columns, columns), columns);
            buffer.Saved.Column = Math.Min(buffer.Saved.Column, columns - 1);
            buffer.Saved.Row = Math.Clamp(buffer.Saved.Row, 0, rows - 1);
            buffer.FirstLineGoesOnFromNone();
        }
        Columns = columns;
        Rows = rows;
        preceding = 0;
        Restrict();
    }

    private int ResizeAlternate(int columns, int rows, int line)
    {
        var list = alternate.Rows.ToList();
        while (list.Count > rows)
        {
            if (list.Count > line + 1)
            {
                list.RemoveAt(list.Count - 1);
            }
            else
            {
                list.RemoveAt(0);
                line--;
            }
        }
        while (list.Count < rows)
            list.Add(new Row(Columns, Cell.Erased(0)));
        foreach (var row in list)
            row.Resize(columns);
        alternate.Rows = [.. list];
        return Math.Max(line, 0);
    }

    private int ResizeMain(int columns, int rows, int line)
    {
        var history = main.Scrollback!;
        var list = main.Rows.ToList();
        var before = line;
        while (list.Count > rows)
        {
            // Lines below the cursor go first, as they are blank when a shell runs; then the screen moves up.
            if (list.Count > line + 1)
            {
                list.RemoveAt(list.Count - 1);
            }
            else
            {
                history.Push(list[0]);
                list.RemoveAt(0);
                line--;
            }
        }
        while (list.Count < rows)
        {
            var row = new Row(Columns, Cell.Erased(0));
            if (history.Count > 0 && list.Count <= line + 1)
            {
                history.Read(history.Count - 1, row);
                history.RemoveLast();
                list.Insert(0, row);
                line++;
            }
            else
            {
                list.Add(row);
            }
        }
        if (columns == Columns)
            main.Rows = [.. list];
        else
            line = ReflowMain(list, columns, line);
        if (main.Saved.IsSet)
            main.Saved.Row += line - before;
        return line;
    }

    /// <summary>Lays out history and screen, and finds the line that becomes the top of the screen. The cursor's line on it.</summary>
    private int ReflowMain(List<Row> list, int columns, int line)
    {
        var history = main.Scrollback!;
        var limit = history.MaximumLines;
        var rows = list.Count;
        var top = history.Count;
        // Room also for what will be taken off at the end: as many lines as those of the screen can break into.
        var laid = new Scrollback(limit + rows * (2 + Columns / columns));
        var reflow = new Reflow(laid, Columns, columns, top + line);
        for (var i = 0; i < history.Count; i++)
        {
            var row = reflow.Rent();
            history.Read(i, row);
            reflow.Take(row);
        }
        foreach (var row in list)
            reflow.Take(row);
        reflow.Flush();

        var cursor = reflow.CursorLine;
        var moved = cursor - (top + line);
        // Without a history the screen fills up first; lines that have become fewer bring history down.
        var newTop = top == 0 ? Math.Max(0, cursor - (rows - 1)) : Math.Max(0, top + moved);
        var total = reflow.Total;
        while (total - newTop > rows && total - 1 > cursor && laid.Encoded(laid.Count - 1).IsEmpty)
        {
            laid.RemoveLast();
            total--;
        }
        // What is written below the cursor stays on the screen, as far as the cursor does.
        newTop = Math.Max(newTop, Math.Min(cursor, total - rows));
        for (; total - newTop > rows; total--)
            laid.RemoveLast();
        for (; total - newTop < rows; total++)
            laid.Append([], wrapped: false, LineMarks.None);

        var screen = new Row[rows];
        for (var i = rows - 1; i >= 0; i--)
        {
            screen[i] = new Row(columns, Cell.Erased(0));
            if (laid.Count == 0)
                continue;
            laid.Read(laid.Count - 1, screen[i]);
            laid.RemoveLast();
        }
        laid.Limit(limit);
        main.Rows = screen;
        main.Scrollback = laid;
        return cursor - newTop;
    }
}
