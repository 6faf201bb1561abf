using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Caisson.Terminals.Screen;

/// <summary>Writes control sequences, and knows the pen that a reader of them has now.</summary>
internal sealed class EscapeWriter(TerminalScreen screen, IBufferWriter<byte> output) : IDisposable
{
    private Memory<byte> memory;
    private int used;
    private Pen pen;
    private Link link;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (memory.Length - used < bytes.Length)
        {
            Flush();
            memory = output.GetMemory(Math.Max(bytes.Length, 4096));
        }
        bytes.CopyTo(memory.Span[used..]);
        used += bytes.Length;
    }

    public void Text(string text) => Raw(Encoding.UTF8.GetBytes(text));

    public void CodePoint(uint code)
    {
        Span<byte> bytes = stackalloc byte[4];
        Raw(bytes[..new Rune(code).EncodeToUtf8(bytes)]);
    }

    public void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[11];
        Utf8Formatter.TryFormat(value, bytes, out var length);
        Raw(bytes[..length]);
    }

    public void Csi(ReadOnlySpan<byte> rest)
    {
        Raw("\e["u8);
        Raw(rest);
    }

    public void Csi(int value, char final)
    {
        Raw("\e["u8);
        Number(value);
        Raw([(byte)final]);
    }

    /// <summary>CUP; 0-based.</summary>
    public void MoveTo(int column, int row)
    {
        Raw("\e["u8);
        Number(row + 1);
        Raw(";"u8);
        Number(column + 1);
        Raw("H"u8);
    }

    public void Osc(string text)
    {
        Raw("\e]"u8);
        Text(text);
        Raw("\e\\"u8);
    }

    public void Mode(int number, bool on)
    {
        Raw("\e[?"u8);
        Number(number);
        Raw(on ? "h"u8 : "l"u8);
    }

    /// <summary>The pen for the next character, with its link.</summary>
    public void Pen(Pen next)
    {
        var extension = screen.ExtensionOf(next.Extension);
        var nextLink = extension.Link == 0 ? default : screen.LinkOf(extension.Link);
        if (nextLink != link)
        {
            Osc(nextLink.Target is null ? "8;;" : $"8;{(nextLink.Id.Length > 0 ? $"id={nextLink.Id}" : "")};{nextLink.Target}");
            link = nextLink;
        }
        if (next == pen)
            return;
        Raw("\e[0"u8);
        Flags(next);
        Colour(next.Foreground, 30, 90, "38"u8);
        Colour(next.Background, 40, 100, "48"u8);
        Colour(extension.UnderlineColour, 0, 0, "58"u8);
        Raw("m"u8);
        if (next.IsProtected)
            Csi("1\"q"u8);
        pen = next;
    }

    public void Dispose() => Flush();

    private void Flush()
    {
        if (used > 0)
            output.Advance(used);
        used = 0;
        memory = default;
    }

    private void Flags(Pen next)
    {
        Flag((next.Foreground & Screen.Pen.Bold) != 0, ";1"u8);
        Flag((next.Foreground & Screen.Pen.Faint) != 0, ";2"u8);
        Flag((next.Foreground & Screen.Pen.Italic) != 0, ";3"u8);
        Flag((next.Background & Screen.Pen.Blink) != 0, ";5"u8);
        Flag((next.Foreground & Screen.Pen.Inverse) != 0, ";7"u8);
        Flag((next.Foreground & Screen.Pen.Hidden) != 0, ";8"u8);
        Flag((next.Foreground & Screen.Pen.Strike) != 0, ";9"u8);
        Flag((next.Background & Screen.Pen.Overline) != 0, ";53"u8);
        if (next.Underline == 0)
            return;
        Raw(";4:"u8);
        Number(next.Underline);
    }

    private void Flag(bool on, ReadOnlySpan<byte> text)
    {
        if (on)
            Raw(text);
    }

    private void Colour(uint colour, int dark, int bright, ReadOnlySpan<byte> extended)
    {
        var value = (int)(colour & 0xFF_FFFF);
        switch (colour & Screen.Pen.KindMask)
        {
            case Screen.Pen.Of16:
                Raw(";"u8);
                Number(value < 8 ? dark + value : bright + value - 8);
                break;
            case Screen.Pen.Of256:
                Raw(";"u8);
                Raw(extended);
                Raw(";5;"u8);
                Number(value);
                break;
            case Screen.Pen.Rgb:
                Raw(";"u8);
                Raw(extended);
                Raw(";2;"u8);
                Number(value >> 16);
                Raw(";"u8);
                Number(value >> 8 & 0xFF);
                Raw(";"u8);
                Number(value & 0xFF);
                break;
        }
    }
}
