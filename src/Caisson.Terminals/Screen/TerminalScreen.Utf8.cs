using System.Buffers;
using System.Text;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private const int ByteOrderMark = 0xFEFF;

    private int utf8Code;
    private int utf8Left;
    private int utf8Minimum;
    private int utf8Bytes;

    /// <summary>Prints a character that is whole and nothing but text, as nearly all are. Its bytes, or 0 when it has to go the long way.</summary>
    private int Character(ReadOnlySpan<byte> data)
    {
        if (
            Rune.DecodeFromUtf8(data, out var character, out var length) != OperationStatus.Done
            || character.Value is < ParserTable.NotAscii or ByteOrderMark
        )
        {
            return 0;
        }
        Print(character.Value);
        return length;
    }

    /// <summary>UTF-8 as xterm.js reads it: what is no character (also a byte order mark) is dropped without a trace.</summary>
    private bool Decode(byte value, out int code)
    {
        code = value;
        if (utf8Left > 0 && (value & 0xC0) == 0x80)
        {
            utf8Code = utf8Code << 6 | value & 0x3F;
            utf8Bytes++;
            if (--utf8Left > 0)
                return false;
            code = utf8Code;
            return code >= utf8Minimum && code <= 0x10FFFF && code is not (>= 0xD800 and <= 0xDFFF or ByteOrderMark);
        }
        utf8Left = 0;
        if (value < 0x80)
            return true;
        (utf8Left, utf8Code, utf8Minimum) = value switch
        {
            >= 0xC2 and <= 0xDF => (1, value & 0x1F, 0x80),
            >= 0xE0 and <= 0xEF => (2, value & 0xF, 0x800),
            >= 0xF0 and <= 0xF7 => (3, value & 7, 0x10000),
            _ => (0, 0, 0),
        };
        utf8Bytes = 1;
        return false;
    }
}
