namespace Caisson.Terminals.Screen;

/// <summary>How many cells a character takes: 0, 1 or 2. One byte for each code point of the basic plane, a search through ranges above it.</summary>
internal static partial class WidthTable
{
    private static readonly byte[] Basic = Build();

    public static int Of(int codePoint) => codePoint < 0x10000 ? Basic[codePoint] : OfHigh(codePoint);

    private static byte[] Build()
    {
        var table = new byte[0x10000];
        table.AsSpan().Fill(1);
        table.AsSpan(0, 0x20).Clear();
        table.AsSpan(0x7F, 0x21).Clear();
        Fill(table, Zero, 0);
        Fill(table, Wide, 2);
        return table;
    }

    private static void Fill(byte[] table, ReadOnlySpan<int> ranges, byte width)
    {
        for (var i = 0; i < ranges.Length && ranges[i] < table.Length; i += 2)
            table.AsSpan(ranges[i]..(ranges[i + 1] + 1)).Fill(width);
    }

    private static int OfHigh(int codePoint)
    {
        if (Contains(Wide, codePoint))
            return 2;
        return Contains(Zero, codePoint) ? 0 : 1;
    }

    private static bool Contains(ReadOnlySpan<int> ranges, int codePoint)
    {
        int low = 0,
            high = ranges.Length / 2 - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint < ranges[2 * middle])
                high = middle - 1;
            else if (codePoint > ranges[2 * middle + 1])
                low = middle + 1;
            else
                return true;
        }
        return false;
    }
}
