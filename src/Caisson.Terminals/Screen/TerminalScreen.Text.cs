using System.Text;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private Row? reading;

    /// <summary>Lines of the history and the screen together; those of the screen come last.</summary>
    public int LineCount => ScrollbackCount + Rows;

    /// <summary>The text of a line, without the blanks at its end.</summary>
    /// <param name="line">0 is the oldest line of the history, <see cref="ScrollbackCount"/> the top of the screen.</param>
    public string GetLine(int line)
    {
        var text = new StringBuilder();
        AppendLine(text, LineAt(line), columns: null);
        while (text.Length > 0 && text[^1] == ' ')
            text.Length--;
        return text.ToString();
    }

    /// <summary>True when the line goes on from the one before, without a line feed between.</summary>
    public bool IsWrapped(int line) =>
        line < ScrollbackCount ? main.Scrollback!.IsWrapped(line) : active.Rows[line - ScrollbackCount].Wrapped;

    /// <summary>What the shell said of a line (OSC 133).</summary>
    public LineMarks MarksOf(int line) =>
        line < ScrollbackCount ? main.Scrollback!.MarksOf(line) : active.Rows[line - ScrollbackCount].Marks;

    /// <summary>
    /// The history and the screen as text: wrapped lines joined, blanks at the ends of lines and empty lines at the end left out, a line feed after each.
    /// </summary>
    public void WriteText(TextWriter output)
    {
        var text = new StringBuilder();
        var feeds = 0;
        for (var line = 0; line < LineCount; )
        {
            line = AppendJoined(text, line, positions: null);
            var end = text.Length;
            while (end > 0 && text[end - 1] == ' ')
                end--;
            if (end > 0)
            {
                for (; feeds > 0; feeds--)
                    output.Write('\n');
                output.Write(text.ToString(0, end));
            }
            feeds++;
            text.Clear();
        }
        output.Write('\n');
    }

    /// <summary>Looks through the history and the screen.</summary>
    /// <param name="time">The clock for the query's time limit; the system's when left out.</param>
    public SearchResult Search(SearchQuery query, TimeProvider? time = null) =>
        new ScreenSearch(query, time ?? TimeProvider.System).Run(this);

    internal int WidthAt(int line, int column) => Math.Max(1, LineAt(line).Cells[column].Width);

    /// <summary>Adds a line and those that go on from it; the number of the line after them.</summary>
    /// <param name="positions">Gets, for each UTF-16 unit, the line and column of its cell.</param>
    internal int AppendJoined(StringBuilder text, int line, List<(int Line, int Column)>? positions)
    {
        var columns = positions is null ? null : new List<int>();
        do
        {
            var row = LineAt(line);
            // Of a line that goes on, also the blanks at the end count.
            var goesOn = line + 1 < LineCount && IsWrapped(line + 1);
            columns?.Clear();
            AppendLine(text, row, columns, goesOn ? row.Cells.Length : row.ContentLength);
            if (columns is not null)
                positions!.AddRange(columns.Select(column => (line, column)));
            line++;
        } while (line < LineCount && IsWrapped(line));
        return line;
    }

    /// <summary>The row of a line; one of the history is valid until the next call.</summary>
    private Row LineAt(int line)
    {
        if (line >= ScrollbackCount)
            return active.Rows[line - ScrollbackCount];
        if (reading is null || reading.Cells.Length != Columns)
            reading = new Row(Columns, Cell.Erased(0));
        main.Scrollback!.Read(line, reading);
        return reading;
    }

    private void AppendLine(StringBuilder text, Row row, List<int>? columns, int? length = null)
    {
        var end = length ?? row.ContentLength;
        for (var column = 0; column < end; column++)
        {
            ref readonly var cell = ref row.Cells[column];
            var before = text.Length;
            if (!cell.HasContent)
            {
                if (cell.Width > 0)
                    text.Append(' ');
            }
            else
            {
                foreach (var code in CodePoints(cell.Content))
                    text.Append(new Rune(code).ToString());
            }
            for (; columns is not null && before < text.Length; before++)
                columns.Add(column);
        }
    }
}
