using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>RFC 2045, 6.7: <c>=41</c> for a byte, and a line that ends in <c>=</c> goes on in the next.</summary>
internal static class QuotedPrintableText
{
    private const int Around = 256;

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        var position = 0;
        var places = new Neighbourhood(Coding.QuotedPrintable, Around);
        while (position < content.Length && content[position..].IndexOf((byte)'=') is var step && step >= 0)
        {
            position += step;
            var length = Read(content[position..], out _);
            if (length == 0)
            {
                position++;
                continue;
            }
            places.Add(content, position, length, ref segments);
            position += length;
        }
        places.Close(content, ref segments);
    }

    internal static int Decode(ReadOnlySpan<byte> content, Span<byte> output)
    {
        var written = 0;
        for (var position = 0; position < content.Length; )
        {
            var length = content[position] == '=' ? Read(content[position..], out var value) : Read(default, out value);
            if (length == 0)
                output[written++] = content[position++];
            else if (value >= 0)
                output[written++] = (byte)value;
            position += length;
        }
        return written;
    }

    // How long what begins with '=' is, 0 for nothing of the kind; -1 as value for a line that goes on.
    private static int Read(ReadOnlySpan<byte> text, out int value)
    {
        value = -1;
        if (text.Length >= 2 && text[1] == '\n')
            return 2;
        if (text.Length < 3)
            return 0;
        if (text[1] == '\r' && text[2] == '\n')
            return 3;
        var high = Alphabets.Hex[text[1]];
        var low = Alphabets.Hex[text[2]];
        if (high == Alphabets.None || low == Alphabets.None)
            return 0;
        value = (high << 4) | low;
        return 3;
    }
}
