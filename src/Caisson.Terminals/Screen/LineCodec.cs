using System.Buffers.Binary;

namespace Caisson.Terminals.Screen;

/// <summary>
/// A line of cells as bytes: runs of cells that are drawn alike. A run is its length and kind, the parts of its pen that aren't zero, and its content:
/// a byte for each cell of ASCII text, else four. Cells at the end that were never written aren't kept.
/// </summary>
internal static class LineCodec
{
    private const int HasForeground = 1;
    private const int HasBackground = 2;
    private const int HasExtension = 4;
    private const int IsAscii = 8;
    private const int HeaderSize = 3;

    /// <summary>The longest that a line of so many cells can get: every cell a run of its own.</summary>
    public static int Bound(int cells) => cells * (HeaderSize + 16);

    public static int Encode(ReadOnlySpan<Cell> cells, Span<byte> output)
    {
        var blank = Cell.Erased(0);
        var length = cells.Length;
        while (length > 0 && cells[length - 1].Equals(blank))
            length--;
        var written = 0;
        for (var i = 0; i < length; )
        {
            ref readonly var head = ref cells[i];
            var ascii = IsPlain(head.Content);
            var stop = i + 1;
            while (stop < length && IsPlain(cells[stop].Content) == ascii && cells[stop].Pen == head.Pen)
                stop++;
            written += WriteRun(cells[i..stop], ascii, output[written..]);
            i = stop;
        }
        return written;
    }

    /// <summary>Fills all cells; those the line doesn't have are blank. A wide character that would be cut is left out.</summary>
    public static void Decode(ReadOnlySpan<byte> line, Span<Cell> cells)
    {
        var at = 0;
        while (!line.IsEmpty && at < cells.Length)
        {
            var run = ReadRun(ref line, out var pen, out var ascii);
            var count = Math.Min(ascii ? run.Length : run.Length / 4, cells.Length - at);
            for (var i = 0; i < count; i++)
                cells[at++] = new Cell(ascii ? Cell.Narrow | run[i] : BinaryPrimitives.ReadUInt32LittleEndian(run[(4 * i)..]), pen);
        }
        cells[at..].Fill(Cell.Erased(0));
        if (at == cells.Length && at > 0 && cells[^1].Width == 2)
            cells[^1] = Cell.Erased(cells[^1].Pen.Background);
    }

    /// <summary>How many cells the line has.</summary>
    public static int Count(ReadOnlySpan<byte> line)
    {
        var count = 0;
        while (!line.IsEmpty)
        {
            var run = ReadRun(ref line, out _, out var ascii);
            count += ascii ? run.Length : run.Length / 4;
        }
        return count;
    }

    private static bool IsPlain(uint content) => content - Cell.Narrow < 0x80;

    private static int WriteRun(ReadOnlySpan<Cell> run, bool ascii, Span<byte> output)
    {
        var pen = run[0].Pen;
        var flags = ascii ? IsAscii : 0;
        var at = HeaderSize;
        Put(pen.Foreground, HasForeground, output, ref at, ref flags);
        Put(pen.Background, HasBackground, output, ref at, ref flags);
        Put(pen.Extension, HasExtension, output, ref at, ref flags);
        output[0] = (byte)flags;
        BinaryPrimitives.WriteUInt16LittleEndian(output[1..], (ushort)run.Length);
        if (ascii)
        {
            var text = output.Slice(at, run.Length);
            for (var i = 0; i < text.Length; i++)
                text[i] = (byte)run[i].Content;
            return at + run.Length;
        }
        foreach (ref readonly var cell in run)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output[at..], cell.Content);
            at += 4;
        }
        return at;
    }

    private static void Put(uint value, int flag, Span<byte> output, ref int at, ref int flags)
    {
        if (value == 0)
            return;
        flags |= flag;
        BinaryPrimitives.WriteUInt32LittleEndian(output[at..], value);
        at += 4;
    }

    private static ReadOnlySpan<byte> ReadRun(ref ReadOnlySpan<byte> line, out Pen pen, out bool ascii)
    {
        var flags = line[0];
        var count = BinaryPrimitives.ReadUInt16LittleEndian(line[1..]);
        line = line[HeaderSize..];
        pen = default;
        if ((flags & HasForeground) != 0)
            pen.Foreground = Take(ref line);
        if ((flags & HasBackground) != 0)
            pen.Background = Take(ref line);
        if ((flags & HasExtension) != 0)
            pen.Extension = Take(ref line);
        ascii = (flags & IsAscii) != 0;
        var size = ascii ? count : 4 * count;
        var content = line[..size];
        line = line[size..];
        return content;
    }

    private static uint Take(ref ReadOnlySpan<byte> line)
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(line);
        line = line[4..];
        return value;
    }
}
