using System.Buffers;
using System.Globalization;
using System.Text;
using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>Percent escapes, backslash escapes of JSON and C, and character references of HTML: found, and resolved all at once whatever is mixed.</summary>
internal static class EscapedText
{
    // What stands around an escape belongs to what it is part of.
    private const int Around = 256;

    private static readonly SearchValues<byte> Beginnings = SearchValues.Create("%\\&"u8);

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        var position = 0;
        var places = new Neighbourhood(Coding.Escapes, Around);
        while (position < content.Length && content[position..].IndexOfAny(Beginnings) is var step && step >= 0)
        {
            position += step;
            var length = Read(content[position..], out var value, out _);
            // Line ends and quotation marks in JSON hide nothing: the search passes over them.
            if (length <= 2 && !(length == 2 && value == '/'))
            {
                position += Math.Max(1, length);
                continue;
            }
            places.Add(content, position, length, ref segments);
            position += length;
        }
        places.Close(content, ref segments);
    }

    /// <summary>Resolves every escape. Returns the length, which is at most the input's.</summary>
    internal static int Decode(ReadOnlySpan<byte> content, Span<byte> output)
    {
        var written = 0;
        var position = 0;
        while (position < content.Length)
        {
            var next = content[position..].IndexOfAny(Beginnings);
            if (next < 0)
                next = content.Length - position;
            content.Slice(position, next).CopyTo(output[written..]);
            written += next;
            position += next;
            if (position == content.Length)
                break;
            var length = Read(content[position..], out var value, out var isByte);
            if (length == 0)
            {
                output[written++] = content[position++];
                continue;
            }
            position += length;
            if (isByte || value < 0x80)
                output[written++] = (byte)value;
            else
                written += EncodeScalar(value, output[written..]);
        }
        return written;
    }

    // How long the escape is that begins here, 0 for none.
    private static int Read(ReadOnlySpan<byte> text, out int value, out bool isByte)
    {
        value = 0;
        isByte = false;
        if (text.Length < 2)
            return 0;
        return text[0] switch
        {
            (byte)'%' => Percent(text, out value, out isByte),
            (byte)'\\' => Backslash(text, out value, out isByte),
            _ => Reference(text, out value),
        };
    }

    private static int Percent(ReadOnlySpan<byte> text, out int value, out bool isByte)
    {
        // %u0061 is no standard, and is understood by old servers all the same.
        if (text.Length >= 6 && (text[1] | 0x20) == 'u' && Hex(text.Slice(2, 4), out value))
        {
            isByte = false;
            return 6;
        }
        isByte = true;
        value = 0;
        return text.Length >= 3 && Hex(text.Slice(1, 2), out value) ? 3 : 0;
    }

    private static int Backslash(ReadOnlySpan<byte> text, out int value, out bool isByte)
    {
        isByte = false;
        value = 0;
        switch (text[1])
        {
            case (byte)'u' when text.Length >= 6 && Hex(text.Slice(2, 4), out value):
                return 6;
            case (byte)'u' when text.Length >= 5 && text[2] == '{' && text[3..].IndexOf((byte)'}') is > 0 and <= 6 and var digits:
                return Hex(text.Slice(3, digits), out value) ? digits + 4 : 0;
            case (byte)'x' when text.Length >= 4 && Hex(text.Slice(2, 2), out value):
                isByte = true;
                return 4;
            case >= (byte)'0' and <= (byte)'7' when text.Length >= 4 && Octal(text.Slice(1, 3), out value):
                isByte = true;
                return 4;
            case (byte)'n':
                value = '\n';
                return 2;
            case (byte)'r':
                value = '\r';
                return 2;
            case (byte)'t':
                value = '\t';
                return 2;
            case (byte)'/' or (byte)'"' or (byte)'\'' or (byte)'\\':
                value = text[1];
                return 2;
            default:
                return 0;
        }
    }

    private static int Reference(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        var end = text[..Math.Min(text.Length, 12)].IndexOf((byte)';');
        if (end < 2)
            return 0;
        var name = text[1..end];
        if (name[0] != '#')
        {
            value = Named(name);
            return value == 0 ? 0 : end + 1;
        }
        var read =
            name.Length > 2 && (name[1] | 0x20) == 'x'
                ? Hex(name[2..], out value)
                : int.TryParse(name[1..], NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return read ? end + 1 : 0;
    }

    // The signs that secrets hold and HTML has names for.
    private static int Named(ReadOnlySpan<byte> name) =>
        Encoding.ASCII.GetString(name) switch
        {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "plus" => '+',
            "equals" => '=',
            "sol" => '/',
            "lowbar" => '_',
            "hyphen" or "dash" => '-',
            "period" => '.',
            "colon" => ':',
            "num" => '#',
            "dollar" => '$',
            "percnt" => '%',
            "commat" => '@',
            "excl" => '!',
            _ => 0,
        };

    private static int EncodeScalar(int value, Span<byte> output)
    {
        // Half of a pair, or no character at all: nothing that a secret is made of.
        if (!Rune.IsValid(value))
            return 0;
        // An escape is never shorter than what it stands for in UTF-8.
        return new Rune(value).EncodeToUtf8(output);
    }

    private static bool Hex(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (Alphabets.Hex[digit] == Alphabets.None)
                return false;
            value = (value << 4) | Alphabets.Hex[digit];
        }
        return true;
    }

    private static bool Octal(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return false;
            value = (value << 3) | (digit - '0');
        }
        return value < 256;
    }
}
