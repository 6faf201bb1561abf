namespace Caisson.Detection.Decoding;

/// <summary>Decodes base64, base32 and hexadecimal from any character on, since who hides something puts a few characters before it.</summary>
internal static class BitCoding
{
    /// <summary>In how many ways the characters may be grouped.</summary>
    internal static int Shifts(Coding coding) =>
        coding switch
        {
            Coding.Base64 => 4,
            Coding.Base32 => 8,
            _ => 2,
        };

    /// <summary>Decodes what follows the first <paramref name="skip"/> characters; line breaks are passed over. Returns the length.</summary>
    /// <param name="output">As long as the run.</param>
    internal static int Decode(Coding coding, ReadOnlySpan<byte> run, int skip, Span<byte> output)
    {
        var (table, width) = coding switch
        {
            Coding.Base64 => (Alphabets.Base64, 6),
            Coding.Base32 => (Alphabets.Base32, 5),
            _ => (Alphabets.Hex, 4),
        };
        var bits = 0u;
        var have = 0;
        var written = 0;
        foreach (var item in run)
        {
            var value = table[item];
            if (value == Alphabets.None || skip-- > 0)
                continue;
            bits = (bits << width) | value;
            have += width;
            if (have >= 8)
            {
                have -= 8;
                output[written++] = (byte)(bits >> have);
            }
        }
        return written;
    }
}
