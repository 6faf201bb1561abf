namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private static readonly Cell Unwritten = Cell.Erased(0);

    /// <summary>Lines as they would be printed onto an empty screen, the last ones staying on it.</summary>
    private void WriteLines(EscapeWriter writer, ScreenBuffer buffer, int history)
    {
        var count = history + buffer.Rows.Length;
        Row[] pair = [new Row(Columns, Unwritten), new Row(Columns, Unwritten)];
        var row = Line(0);
        for (var line = 0; line < count; line++)
        {
            var pending = WriteLine(writer, row);
            WriteMarks(writer, row.Marks);
            if (line + 1 == count)
                break;
            var next = Line(line + 1);
            if (next.Wrapped && Rows > 1)
            {
                WriteWrap(writer, row, next, pending);
            }
            else
            {
                writer.Pen(default);
                writer.Raw("\r\n"u8);
            }
            row = next;
        }

        Row Line(int line)
        {
            if (line >= history)
                return buffer.Rows[line - history];
            buffer.Scrollback!.Read(line, pair[line & 1]);
            return pair[line & 1];
        }
    }

    /// <summary>The cells of a line that is empty so far. True when the last column was printed, so that a wrap is pending.</summary>
    private bool WriteLine(EscapeWriter writer, Row row)
    {
        var cells = row.Cells.AsSpan();
        var end = cells.LastIndexOfAnyExcept(Unwritten) + 1;
        for (var column = 0; column < end; )
        {
            var cell = cells[column];
            if (cell.HasContent)
            {
                writer.Pen(cell.Pen);
                // A mark in a cell of its own was printed with nothing before it that it could have joined.
                if (cell.Width == 0)
                    writer.Csi("?0h"u8);
                WriteCell(writer, cell);
                column += Math.Max(1, cell.Width);
                continue;
            }
            var run = cells[column..end].IndexOfAnyExcept(cell);
            run = run < 0 ? end - column : run;
            if (!cell.Equals(Unwritten))
            {
                writer.Pen(cell.Pen);
                writer.Csi(run, 'X');
            }
            column += run;
            if (column < Columns)
                writer.Csi(run, 'C');
        }
        return end == Columns && (cells[^1].HasContent || cells[^1].Content == 0);
    }

    private void WriteCell(EscapeWriter writer, Cell cell)
    {
        foreach (var code in CodePoints(cell.Content))
            writer.CodePoint(code);
    }

    /// <summary>Leads on to a line that is the continuation of this one, which only printing past the last column makes it.</summary>
    private void WriteWrap(EscapeWriter writer, Row row, Row next, bool pending)
    {
        // The line that comes up by wrapping gets the background of the pen.
        var first = next.Cells[0];
        if (pending && first.HasContent && first.Width > 0 && (first.Pen.Background & Pen.ColourMask) == 0)
            return;
        writer.Pen(default);
        if (!pending)
        {
            writer.Csi(Columns, 'G');
            writer.Raw(" "u8);
        }
        writer.Raw(" "u8);
        if (!pending)
        {
            // What was printed only to wrap is taken away again.
            writer.Csi(1, 'A');
            writer.Csi(Columns, 'G');
            writer.Pen(row.Cells[^1].Pen);
            writer.Csi(1, 'X');
            writer.Csi(1, 'B');
            writer.Pen(default);
        }
        writer.Raw("\r"u8);
        writer.Csi(1, 'X');
    }

    private static void WriteMarks(EscapeWriter writer, LineMarks marks)
    {
        foreach (var (mark, letter) in MarkLetters)
        {
            if (marks.HasFlag(mark))
                writer.Osc($"133;{letter}");
        }
    }

    private static readonly (LineMarks Mark, char Letter)[] MarkLetters =
    [
        (LineMarks.PromptStarts, 'A'),
        (LineMarks.InputStarts, 'B'),
        (LineMarks.OutputStarts, 'C'),
        (LineMarks.CommandEnded, 'D'),
    ];
}
