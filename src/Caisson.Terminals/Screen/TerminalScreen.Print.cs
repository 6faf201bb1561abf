using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>Characters beyond this that combine with one cell are dropped.</summary>
    private const int MaximumClusterLength = 32;

    private void PrintAscii(ReadOnlySpan<byte> text)
    {
        if (charset is not null || Is(ScreenModes.Insert))
        {
            foreach (var character in text)
                Print(character);
            return;
        }
        while (!text.IsEmpty)
        {
            if (x >= Columns)
            {
                if (Is(ScreenModes.AutoWrap))
                {
                    Wrap();
                }
                else
                {
                    // Each overwrites the one before.
                    x = Columns - 1;
                    text = text[^1..];
                }
            }
            var cells = CurrentRow.Cells;
            var count = Math.Min(text.Length, Columns - x);
            MendLeft(cells);
            Fill(ref cells[x], text[..count], pen);
            x += count;
            MendRight(cells);
            text = text[count..];
        }
        preceding = 1;
    }

    private static void Fill(ref Cell first, ReadOnlySpan<byte> text, Pen pen)
    {
        var template = Vector128.Create(Cell.Narrow, pen.Foreground, pen.Background, pen.Extension);
        ref var target = ref Unsafe.As<Cell, Vector128<uint>>(ref first);
        for (var i = 0; i < text.Length; i++)
            Unsafe.Add(ref target, i) = template | Vector128.CreateScalar((uint)text[i]);
    }

    private void Print(int code)
    {
        if (charset is not null && code < 127)
            code = charset[code];
        var width = WidthTable.Of(code);
        if (width == 0 && preceding != 0 && x > 0)
        {
            Join(code);
            return;
        }
        preceding = width;
        if (x + width > Columns)
        {
            if (Is(ScreenModes.AutoWrap))
            {
                var left = CurrentRow.Cells.AsSpan(Math.Min(x, Columns));
                MendLeft(CurrentRow.Cells);
                left.Fill(Blank);
                Wrap();
            }
            else
            {
                x = Columns - 1;
                if (width == 2)
                {
                    preceding = 0;
                    return;
                }
            }
        }
        // A mark that has nothing to combine with, at the end of the line: there is no cell for it.
        if (x == Columns)
            return;
        var cells = CurrentRow.Cells;
        MendLeft(cells);
        if (Is(ScreenModes.Insert) && width > 0)
            CurrentRow.Insert(x, width, Blank);
        cells[x++] = new Cell((uint)code | (uint)width << Cell.WidthShift, pen);
        if (width == 2)
            cells[x++] = new Cell(0, pen);
        MendRight(cells);
    }

    /// <summary>Adds to the character before the cursor.</summary>
    private void Join(int code)
    {
        var cells = CurrentRow.Cells;
        ref var cell = ref cells[x - (cells[x - 1].Content == 0 && x > 1 ? 2 : 1)];
        if (!cell.HasContent || ClusterLength(cell.Content) >= MaximumClusterLength)
            return;
        var index = clusters.Intern(new ClusterStep(cell.Content & Cell.ContentMask, code), markClusters ??= MarkClusters);
        if (index != 0)
            cell.Content = cell.Content & ~Cell.ContentMask | Cell.ClusterBit | (uint)index;
    }

    private void Wrap()
    {
        x = 0;
        if (y == active.Bottom)
        {
            active.ScrollUp(Blank, wrapped: true);
            return;
        }
        y = Math.Min(y + 1, Rows - 1);
        CurrentRow.Wrapped = true;
    }

    /// <summary>The cursor is between the halves of a wide character: its first half goes.</summary>
    private void MendLeft(Cell[] cells)
    {
        if (x > 0 && x < cells.Length && cells[x - 1].Width == 2)
            cells[x - 1] = Cell.Erased(pen.Background);
    }

    /// <summary>Its first half was overwritten: the second goes.</summary>
    private void MendRight(Cell[] cells)
    {
        if (x < cells.Length && cells[x].Content == 0)
            cells[x] = Cell.Erased(pen.Background);
    }
}
