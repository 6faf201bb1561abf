using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>Finds bytes in hexadecimal with one sign between them: <c>67:68:70</c>, <c>67 68 70</c>, <c>67-68-70</c>.</summary>
internal static class SeparatedHex
{
    private const int Pairs = 8;

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            for (var each = 0; each + (Pairs * 3) <= content.Length; each++)
                each = Take(content, each, ref segments);
            return;
        }
        ref var first = ref MemoryMarshal.GetReference(content);
        var position = 0;
        while (position + (Pairs * 3) <= content.Length)
        {
            if (position + 32 <= content.Length)
            {
                var bytes = Vector256.LoadUnsafe(ref first, (nuint)position);
                var hex = HexDigits(bytes);
                var separators = (
                    Vector256.Equals(bytes, Vector256.Create((byte)':'))
                    | Vector256.Equals(bytes, Vector256.Create((byte)' '))
                    | Vector256.Equals(bytes, Vector256.Create((byte)'-'))
                    | Vector256.Equals(bytes, Vector256.Create((byte)','))
                ).ExtractMostSignificantBits();
                // A pair and a separator, four times in a row.
                var once = hex & (hex >> 1) & (separators >> 2);
                if ((once & (once >> 3) & (once >> 6) & (once >> 9)) == 0)
                {
                    // Twelve bytes of a row may still lie at the end.
                    position += 32 - 14;
                    continue;
                }
            }
            var end = Math.Min(position + 18, content.Length);
            while (position < end)
                position = Take(content, position, ref segments) + 1;
        }
    }

    private static uint HexDigits(Vector256<byte> bytes)
    {
        var letters = Vector256.LessThanOrEqual(
            (bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'),
            Vector256.Create((byte)5)
        );
        var digits = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        return (letters | digits).ExtractMostSignificantBits();
    }

    // Adds the row that begins here and returns its last place; the place itself where none begins.
    private static int Take(ReadOnlySpan<byte> content, int start, ref PooledList<Segment> segments)
    {
        var position = start;
        while (
            position + 1 < content.Length
            && Alphabets.Hex[content[position]] != Alphabets.None
            && Alphabets.Hex[content[position + 1]] != Alphabets.None
            && (position == start || content[position - 1] is (byte)':' or (byte)' ' or (byte)'-' or (byte)',')
        )
            position += 3;
        var length = position - start;
        if (length / 3 < Pairs)
            return start;
        length = Math.Min(length, content.Length - start);
        segments.Add(new Segment(Coding.Hex, start, length));
        return start + length - 1;
    }
}
