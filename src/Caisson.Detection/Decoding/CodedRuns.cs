using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>Finds runs of characters that base64, base32 or hexadecimal are made of. A line break inside does not end a run.</summary>
internal static class CodedRuns
{
    /// <summary>Shorter runs hold no secret: eighteen characters of base64 are thirteen bytes, the smallest part that counts.</summary>
    internal const int Shortest = 18;

    private const int ShortestHex = 26;
    private const int ShortestBase32 = 21;

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        var position = 0;
        while ((position = NextRun(content, position, out var end)) >= 0)
        {
            var start = position;
            position = end;
            // MIME and PEM break lines, YAML indents the next ones.
            while (Continues(content, position) is var next && next >= 0)
            {
                position = next;
                while (position < content.Length && Alphabets.Base64[content[position]] != Alphabets.None)
                    position++;
            }
            AddAll(content[start..position], start, ref segments);
        }
    }

    // A run of base64's characters may hold parts that are hexadecimal or base32 as well.
    private static void AddAll(ReadOnlySpan<byte> run, int start, ref PooledList<Segment> segments)
    {
        var narrow = AddParts(run, start, Coding.Hex, Alphabets.Hex, ShortestHex, ref segments);
        narrow = Math.Max(narrow, AddParts(run, start, Coding.Base32, Alphabets.Base32, ShortestBase32, ref segments));
        // Nothing that a person or program writes gives base64 in sixteen letters only.
        if (narrow < run.Length || run.Length < ShortestHex)
            segments.Add(new Segment(Coding.Base64, start, run.Length));
    }

    // Returns the length of the longest part.
    private static int AddParts(
        ReadOnlySpan<byte> run,
        int start,
        Coding coding,
        byte[] alphabet,
        int shortest,
        ref PooledList<Segment> segments
    )
    {
        var longest = 0;
        var from = 0;
        for (var position = 0; position <= run.Length; position++)
        {
            if (position < run.Length && (run[position] <= ' ' || alphabet[run[position]] != Alphabets.None))
                continue;
            if (position - from >= shortest)
            {
                segments.Add(new Segment(coding, start + from, position - from));
                longest = Math.Max(longest, position - from);
            }
            from = position + 1;
        }
        return longest;
    }

    // The first run at or after a place that is long enough: -1 where there is none.
    private static int NextRun(ReadOnlySpan<byte> content, int from, out int end)
    {
        ref var first = ref MemoryMarshal.GetReference(content);
        var run = 0;
        var position = from;
        while (position < content.Length)
        {
            if (Vector256.IsHardwareAccelerated && position + 32 <= content.Length)
            {
                var others = ~InAlphabet(Vector256.LoadUnsafe(ref first, (nuint)position));
                if (others == 0)
                {
                    run += 32;
                    position += 32;
                    continue;
                }
                if (run + BitOperations.TrailingZeroCount(others) >= Shortest)
                {
                    end = position + BitOperations.TrailingZeroCount(others);
                    return end - run - BitOperations.TrailingZeroCount(others);
                }
                // A run that lies wholly inside: eighteen ones in a row.
                var inside = RunsOf(~others, Shortest);
                if (inside != 0)
                {
                    var start = position + BitOperations.TrailingZeroCount(inside);
                    end = start;
                    while (end < content.Length && Alphabets.Base64[content[end]] != Alphabets.None)
                        end++;
                    return start;
                }
                run = BitOperations.LeadingZeroCount(others);
                position += 32;
                continue;
            }
            if (Alphabets.Base64[content[position]] != Alphabets.None)
                run++;
            else if (run >= Shortest)
                break;
            else
                run = 0;
            position++;
        }
        end = position;
        return run >= Shortest ? position - run : -1;
    }

    // Bits at which a row of that many ones begins.
    private static uint RunsOf(uint bits, int length)
    {
        var have = 1;
        while (have < length)
        {
            var step = Math.Min(have, length - have);
            bits &= bits >> step;
            have += step;
        }
        return bits;
    }

    private static uint InAlphabet(Vector256<byte> bytes)
    {
        var letters = Vector256.LessThanOrEqual(
            (bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'),
            Vector256.Create((byte)25)
        );
        // '/' stands just before the digits.
        var digits = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'/'), Vector256.Create((byte)10));
        var others =
            Vector256.Equals(bytes, Vector256.Create((byte)'+'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'-'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'_'));
        return (letters | digits | others).ExtractMostSignificantBits();
    }

    // Where the run goes on behind a line break, or -1.
    private static int Continues(ReadOnlySpan<byte> content, int position)
    {
        var next = position;
        if (next < content.Length && content[next] == '\r')
            next++;
        if (next >= content.Length || content[next] != '\n')
            return -1;
        next++;
        while (next < content.Length && content[next] is (byte)' ' or (byte)'\t')
            next++;
        return next < content.Length && Alphabets.Base64[content[next]] != Alphabets.None ? next : -1;
    }
}
