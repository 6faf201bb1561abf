using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>Text with the same one to three signs between every two characters: <c>s-e-c-r-e-t</c>, or one character a line, or a list of strings of one character.</summary>
internal static class SeparatedText
{
    private const int Shortest = 12;
    private const int LongestSeparator = 3;
    private const int MostAlike = 64;

    private const int Block = 64;

    // A row that begins in the block before shows in this one at the latest after three separators; those with a character like the separator aside.
    private const int Back = 48;

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        var done = 0;
        for (var position = 0; position < content.Length; position += Block)
        {
            if (Vector256.IsHardwareAccelerated && position + Block < content.Length && !MayHold(content, position))
                continue;
            done = Exactly(content, Math.Max(done, position - Back), Math.Min(position + Block, content.Length), ref segments);
        }
    }

    // Looks for rows that begin between two places; returns where the search may go on.
    private static int Exactly(ReadOnlySpan<byte> content, int from, int to, ref PooledList<Segment> segments)
    {
        var position = from;
        while (position < to && position + ((Shortest - 1) * 2) <= content.Length)
        {
            if (Vector256.IsHardwareAccelerated && position + 32 + (3 * (LongestSeparator + 1)) + 1 <= content.Length)
            {
                var any = Rhythm(content, position);
                if (any == 0)
                {
                    position += 32;
                    continue;
                }
                position += BitOperations.TrailingZeroCount(any);
            }
            var end = End(content, position, out _);
            if (end > position)
            {
                // The separator's first sign; the character before it belongs to it.
                var start = Math.Max(0, position - 1);
                segments.Add(new Segment(Coding.Separated, start, end - start));
                position = end;
            }
            else
                position++;
        }
        return position;
    }

    // Whether four signs stand at the same distance somewhere in the block, with another character behind the first. Of a row that counts at least five places
    // are such ones in some block: those at a block's end, whose fourth sign would lie in the next one, are left out.
    private static bool MayHold(ReadOnlySpan<byte> content, int position)
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(content), position);
        var (signs, alone) = Signs(ref first);
        var (signsAfter, aloneAfter) = Signs(ref Unsafe.Add(ref first, 32));
        var any = signs | ((ulong)signsAfter << 32);
        var twice = any >> 2 & any >> 4 & any >> 6;
        var thrice = any >> 3 & any >> 6 & any >> 9;
        var fourth = any >> 4 & any >> 8 & any >> 12;
        return ((alone | ((ulong)aloneAfter << 32)) & (twice | thrice | fourth)) != 0;
    }

    // Signs, and those of them that the next byte differs from.
    private static (uint Signs, uint Alone) Signs(ref byte place)
    {
        var here = Vector256.LoadUnsafe(ref place);
        var letters = Vector256.LessThanOrEqual(
            (here | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'),
            Vector256.Create((byte)25)
        );
        var digits = Vector256.LessThanOrEqual(here - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        var signs = ~(letters | digits).ExtractMostSignificantBits();
        return (signs, signs & ~Vector256.Equals(here, Vector256.LoadUnsafe(ref Unsafe.Add(ref place, 1))).ExtractMostSignificantBits());
    }

    internal static int Decode(ReadOnlySpan<byte> segment, Span<byte> output)
    {
        var position = 1;
        if (End(segment, position, out var separator) == position)
            _ = End(segment, position = 0, out separator);
        var written = 0;
        for (var index = 0; index < segment.Length; index++)
        {
            if ((index - position + separator + 1) % (separator + 1) == separator)
                output[written++] = segment[index];
        }
        return written;
    }

    // Bits at places where a sign stands that comes again three times at the same distance, with something else in between.
    private static uint Rhythm(ReadOnlySpan<byte> content, int position)
    {
        ref var first = ref MemoryMarshal.GetReference(content);
        var here = Vector256.LoadUnsafe(ref first, (nuint)position);
        var letters = Vector256.LessThanOrEqual(
            (here | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'),
            Vector256.Create((byte)25)
        );
        var digits = Vector256.LessThanOrEqual(here - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        var signs = ~(letters | digits);
        if (signs == Vector256<byte>.Zero)
            return 0;
        var any = Vector256<byte>.Zero;
        for (var step = 2; step <= LongestSeparator + 1; step++)
        {
            var same =
                signs
                & Vector256.Equals(here, Vector256.LoadUnsafe(ref first, (nuint)(position + step)))
                & ~Vector256.Equals(here, Vector256.LoadUnsafe(ref first, (nuint)(position + step - 1)));
            if (same == Vector256<byte>.Zero)
                continue;
            any |=
                same
                & Vector256.Equals(here, Vector256.LoadUnsafe(ref first, (nuint)(position + (2 * step))))
                & Vector256.Equals(here, Vector256.LoadUnsafe(ref first, (nuint)(position + (3 * step))));
        }
        return any.ExtractMostSignificantBits();
    }

    // Where a row of one separator and one character ends that begins with a separator here; the place itself for none.
    private static int End(ReadOnlySpan<byte> content, int start, out int separator)
    {
        for (separator = 1; separator <= LongestSeparator && start + separator < content.Length; separator++)
        {
            var between = content.Slice(start, separator);
            if (!IsSign(between[0]) || between[^1] == content[start + separator])
                continue;
            var end = start;
            var characters = 0;
            var varied = false;
            while (end + separator < content.Length && content.Slice(end, separator).SequenceEqual(between))
            {
                var character = content[end + separator];
                varied |= character != content[start + separator];
                end += separator + 1;
                characters++;
                // A megabyte of one character would be walked through from each of its places. Where another comes, a later place sees it.
                if (!varied && characters > MostAlike)
                    break;
            }
            if (characters >= Shortest - 1 && varied)
                return end;
        }
        separator = 1;
        return start;
    }

    private static bool IsSign(byte value) => !char.IsAsciiLetterOrDigit((char)value);
}
