using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>Text in UTF-16, of either byte order: every other byte of what secrets are made of is zero.</summary>
internal static class WideText
{
    private const int Block = 256;

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        var first = content.IndexOf((byte)0);
        if (first < 0)
            return;
        var start = -1;
        for (var position = first / Block * Block; position < content.Length; position += Block)
        {
            var block = content[position..Math.Min(content.Length, position + Block)];
            // A secret may fill a small part of a block only.
            var zeros = block.Count((byte)0);
            var wide = zeros >= 16 && zeros <= block.Length * 3 / 4;
            if (wide && start < 0)
                start = Math.Max(0, position - Block);
            if (!wide && start >= 0)
            {
                segments.Add(new Segment(Coding.Utf16, start, position + block.Length - start));
                start = -1;
            }
        }
        if (start >= 0)
            segments.Add(new Segment(Coding.Utf16, start, content.Length - start));
    }

    internal static int Decode(ReadOnlySpan<byte> content, Span<byte> output)
    {
        var written = 0;
        foreach (var item in content)
        {
            output[written] = item;
            written += item == 0 ? 0 : 1;
        }
        return written;
    }
}
