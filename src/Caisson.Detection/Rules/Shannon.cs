namespace Caisson.Detection.Rules;

/// <summary>How surprising a text is, character by character.</summary>
internal static class Shannon
{
    /// <summary>Bits per character, from 0 to the logarithm of how many different ones there are.</summary>
    internal static double BitsPerCharacter(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var character in text)
            counts[character & 0xFF]++;
        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
                bits -= (double)count / text.Length * Math.Log2((double)count / text.Length);
        }
        return bits;
    }
}
