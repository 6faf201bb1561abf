using System.Buffers;
using System.Text;
using Caisson.Detection.Search;

namespace Caisson.Detection.Decoding;

/// <summary>
/// Text as a person would read it: letters that only look like ASCII's become ASCII's, and what is not seen at all (zero-width, bidirectional, variation and tag
/// characters) falls out.
/// </summary>
internal static class FoldedText
{
    private const int Around = 64;
    private const int Near = 16;

    // Each pair: what it looks like, and those that look so (Unicode's confusables, those that fonts draw alike).
    private static readonly (char Like, string Letters)[] Lookalikes =
    [
        ('a', "аɑαạàáâãäåāăą"),
        ('b', "ЬƅƄ"),
        ('c', "сϲᴄçćč"),
        ('d', "ԁɗďđ"),
        ('e', "еҽẹèéêëēėę"),
        ('f', "ſƒ"),
        ('g', "ɡցğģġ"),
        ('h', "һհ"),
        ('i', "іıɩιìíîïīįӏ"),
        ('j', "јϳ"),
        ('k', "κᴋķк"),
        ('l', "ⅼłľĺ"),
        ('m', "ⅿм"),
        ('n', "ոռñńňņ"),
        ('o', "оοօσ๐ọòóôõöøō"),
        ('p', "рρ"),
        ('q', "ԛզ"),
        ('r', "гᴦŕř"),
        ('s', "ѕꜱśšş"),
        ('t', "τтţť"),
        ('u', "υսùúûüūůų"),
        ('v', "νѵᴠ"),
        ('w', "ԝѡᴡŵ"),
        ('x', "хχ×"),
        ('y', "уγүýÿŷ"),
        ('z', "ᴢźžż"),
        ('A', "АΑᎪÀÁÂÃÄÅĀ"),
        ('B', "ВΒᏴ"),
        ('C', "СϹᏟÇĆČ"),
        ('D', "ᎠĎĐ"),
        ('E', "ЕΕᎬÈÉÊËĒĘ"),
        ('F', "Ϝ"),
        ('G', "ԌᏀĞ"),
        ('H', "НΗᎻ"),
        ('I', "ІΙӀÌÍÎÏ"),
        ('J', "ЈᎫ"),
        ('K', "КΚᏦ"),
        ('L', "ᏞĹŁ"),
        ('M', "МΜᎷ"),
        ('N', "ΝÑŃ"),
        ('O', "ОΟՕÒÓÔÕÖØ"),
        ('P', "РΡᏢ"),
        ('R', "Ꭱ"),
        ('S', "ЅՏᏚŚŠ"),
        ('T', "ТΤᎢ"),
        ('U', "ՍÙÚÛÜ"),
        ('V', "ᏙѴ"),
        ('W', "ᎳԜ"),
        ('X', "ХΧ"),
        ('Y', "ΥҮÝ"),
        ('Z', "ΖᏃŹŽŻ"),
        ('-', "‐‑‒–—−"),
        ('_', "‗"),
        ('.', "․。"),
        ('/', "⁄∕"),
        (':', "։∶"),
        ('0', "०০٠۰"),
        ('1', "١۱"),
        ('2', "٢۲"),
        ('3', "Ʒз٣۳"),
        ('4', "٤"),
        ('5', "٥"),
        ('6', "б٦"),
        ('7', "٧۷"),
        ('8', "٨۸"),
        ('9', "٩۹"),
    ];

    private static readonly Dictionary<int, char> Folds = Lookalikes
        .SelectMany(pair => pair.Letters.Select(letter => (letter, pair.Like)))
        .ToDictionary(pair => (int)pair.letter, pair => pair.Like);

    /// <summary>How many letters are folded that are no form of an ASCII letter by Unicode's own rules.</summary>
    internal static int Count => Folds.Count;

    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Segment> segments)
    {
        var position = 0;
        var places = new Neighbourhood(Coding.Unicode, Around);
        while (position < content.Length && content[position..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is var step && step >= 0)
        {
            position += step;
            var length = Changes(content[position..]);
            if (length > 0 && IsNoText(content[Math.Max(0, position - Near)..Math.Min(content.Length, position + Near)]))
                length = 0;
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
        while (!content.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(content, out var rune, out var length) != OperationStatus.Done)
                output[written++] = content[0];
            else if (Fold(rune.Value) is var folded && folded >= 0)
                output[written++] = (byte)folded;
            else if (!IsUnseen(rune.Value))
            {
                content[..length].CopyTo(output[written..]);
                written += length;
            }
            content = content[length..];
        }
        return written;
    }

    /// <summary>Drawn as nothing, so that it can stand between letters unnoticed.</summary>
    internal static bool IsUnseen(int rune) =>
        rune
            is 0xAD
                or 0x34F
                or 0x61C
                or 0x115F
                or 0x1160
                or 0x17B4
                or 0x17B5
                or (>= 0x180B and <= 0x180F)
                or (>= 0x200B and <= 0x200F)
                or (>= 0x202A and <= 0x202E)
                or (>= 0x2060 and <= 0x206F)
                or 0x3164
                or (>= 0xFE00 and <= 0xFE0F)
                or 0xFEFF
                or 0xFFA0
                or (>= 0x300 and <= 0x36F)
                or (>= 0xE0000 and <= 0xE0FFF);

    // Every other sequence in what is no text looks like some character. Text has no control characters but tabs and line ends.
    private static bool IsNoText(ReadOnlySpan<byte> around)
    {
        var controls = 0;
        foreach (var item in around)
            controls += item is > 0 and < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r') ? 1 : 0;
        return controls > 1;
    }

    // The length of a character that is folded or falls out, else 0. Most bytes of what is no text end here at their second byte.
    private static int Changes(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] < 0xC2 || (text[1] & 0xC0) != 0x80)
            return 0;
        return
            Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done
            && (IsUnseen(rune.Value) || Fold(rune.Value) >= 0)
            ? length
            : 0;
    }

    // The character of ASCII, or -1.
    private static int Fold(int rune)
    {
        if (rune < 0x80)
            return rune;
        // Full width forms.
        if (rune is >= 0xFF01 and <= 0xFF5E)
            return rune - 0xFF01 + '!';
        // Mathematical letters: alphabets of 52, then digits in five styles.
        if (rune is >= 0x1D400 and <= 0x1D6A3)
            return Letter((rune - 0x1D400) % 52);
        if (rune is >= 0x1D7CE and <= 0x1D7FF)
            return '0' + ((rune - 0x1D7CE) % 10);
        // Circled, parenthesised, squared.
        if (rune is >= 0x24B6 and <= 0x24E9)
            return Letter(rune - 0x24B6);
        if (rune is >= 0x249C and <= 0x24B5)
            return 'a' + rune - 0x249C;
        if (rune is >= 0x1F130 and <= 0x1F149)
            return 'A' + rune - 0x1F130;
        if (rune is >= 0x1F170 and <= 0x1F189)
            return 'A' + rune - 0x1F170;
        if (rune is >= 0x2460 and <= 0x2468)
            return '1' + rune - 0x2460;
        if (rune is >= 0x2080 and <= 0x2089)
            return '0' + rune - 0x2080;
        if (rune is 0x2070 or (>= 0x2074 and <= 0x2079))
            return '0' + rune - 0x2070;
        return Folds.TryGetValue(rune, out var like) ? like : -1;
    }

    private static int Letter(int number) => number < 26 ? 'A' + number : 'a' + number - 26;

    private static void Add(ReadOnlySpan<byte> content, int start, int end, ref PooledList<Segment> segments)
    {
        var from = Math.Max(0, start - Around);
        var to = Math.Min(content.Length, end + Around);
        // Not in the middle of a character.
        while (from > 0 && (content[from] & 0xC0) == 0x80)
            from--;
        segments.Add(new Segment(Coding.Unicode, from, to - from));
    }
}
