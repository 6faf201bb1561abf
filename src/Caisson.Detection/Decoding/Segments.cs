using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>All that can be opened in a text. Each coding is one file beside this one: what finds it, and what opens it.</summary>
internal static class Segments
{
    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        CodedRuns.Find(content, ref segments);
        SeparatedHex.Find(content, ref segments);
        EscapedText.Find(content, ref segments);
        QuotedPrintableText.Find(content, ref segments);
        WideText.Find(content, ref segments);
        FoldedText.Find(content, ref segments);
        SeparatedText.Find(content, ref segments);
    }

    /// <summary>In how many ways it may be read.</summary>
    internal static int Ways(Coding coding) => coding is Coding.Base64 or Coding.Base32 or Coding.Hex ? BitCoding.Shifts(coding) : 1;

    /// <summary>Opening what came out once more changes nothing.</summary>
    internal static bool IsOnceForAll(Coding coding) => coding is Coding.Utf16 or Coding.Unicode;

    /// <summary>How many bytes come out of a segment at most.</summary>
    internal static int Room(Coding coding, int length) =>
        coding switch
        {
            Coding.Base64 => (length * 3 / 4) + 1,
            Coding.Base32 => (length * 5 / 8) + 1,
            Coding.Hex => (length / 2) + 1,
            _ => length,
        };

    /// <summary>Opens a segment in one of its ways and returns the length.</summary>
    /// <param name="output">At least <see cref="Room"/>.</param>
    internal static int Decode(Coding coding, int way, ReadOnlySpan<byte> segment, Span<byte> output) =>
        coding switch
        {
            Coding.Base64 or Coding.Base32 or Coding.Hex => BitCoding.Decode(coding, segment, way, output),
            Coding.Escapes => EscapedText.Decode(segment, output),
            Coding.QuotedPrintable => QuotedPrintableText.Decode(segment, output),
            Coding.Utf16 => WideText.Decode(segment, output),
            Coding.Unicode => FoldedText.Decode(segment, output),
            Coding.Separated => SeparatedText.Decode(segment, output),
            _ => throw new ArgumentOutOfRangeException(nameof(coding)),
        };
}
