using System.Runtime.InteropServices;
using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>Joins places near one another into segments, each with some text before and after it: what stands around an escape belongs to what it is part of.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Neighbourhood(Coding coding, int around)
{
    private int start = -1;
    private int end;

    /// <summary>Adds a place; they come in order.</summary>
    internal void Add(ReadOnlySpan<byte> content, int position, int length, ref PooledList<Segment> segments)
    {
        if (start >= 0 && position - end > around)
            Close(content, ref segments);
        if (start < 0)
            start = position;
        end = position + length;
    }

    /// <summary>Called once more when there are no more places.</summary>
    internal void Close(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        if (start < 0)
            return;
        var from = Math.Max(0, start - around);
        // Not in the middle of a character of UTF-8.
        while (from > 0 && (content[from] & 0xC0) == 0x80)
            from--;
        segments.Add(new Segment(coding, from, Math.Min(content.Length, end + around) - from));
        start = -1;
    }
}
