using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Caisson.Detection.Rules;
using Caisson.Detection.Search;

namespace Caisson.Detection.SeedPhrases;

/// <summary>
/// Finds the words that a wallet is made from: 12, 15, 18, 21 or 24 words of BIP-39 in a row whose checksum is right. There is no keyword to start from, so one word
/// is looked up in every stretch as long as the shortest phrase; prose is left at the first word that is not in the list.
/// </summary>
internal static class SeedPhraseFinder
{
    /// <summary>Stands for the rule in findings and in lists of rules.</summary>
    internal static readonly Rule Rule = new()
    {
        Id = "seed-phrase",
        Description = "Seed phrase of a wallet (BIP-39)",
        Severity = Findings.Severity.Critical,
        Keywords = [],
        Pattern = "",
    };

    private const int LeastWords = 12;

    // Twelve words of three letters and what stands between them: a shorter step costs time, a longer one misses.
    private const int Step = (LeastWords * WordList.ShortestWord) + LeastWords - 1;

    // Quotes, commas, numbers and line breaks.
    private const int LongestGap = 8;

    private const int NoGap = 0;

    private static readonly int[] Lengths = [24, 21, 18, 15, 12];

    /// <summary>Adds where each phrase stands.</summary>
    internal static void Find(ReadOnlySpan<byte> content, ref PooledList<Place> found)
    {
        var words = new PooledList<Word>();
        for (var probe = 0; probe < content.Length; probe += Step)
        {
            if (!TryWord(content, probe, out var word))
                continue;
            // The word may be the first or the last of a row, so either side may tell how the row is written.
            Row(content, word, GapAfter(content, word.Start + word.Length).Kind, ref words);
            if (words.Count < LeastWords)
                Row(content, word, GapBefore(content, word.Start).Kind, ref words);
            if (words.Count >= LeastWords)
                Phrases(words.Items, ref found);
            // All of the row has been seen.
            var end = words.Items[^1].Start + words.Items[^1].Length;
            if (end > probe + Step)
                probe = end - Step;
        }
        words.Dispose();
    }

    private static void Phrases(ReadOnlySpan<Word> words, ref PooledList<Place> found)
    {
        for (var first = 0; first + LeastWords <= words.Length; first++)
        {
            foreach (var length in Lengths)
            {
                if (first + length > words.Length || !IsPhrase(words.Slice(first, length)))
                    continue;
                var last = words[first + length - 1];
                found.Add(new Place(words[first].Start, last.Start + last.Length - words[first].Start));
                first += length - 1;
                break;
            }
        }
    }

    // BIP-39: eleven bits a word; of every 33 bits 32 are the secret and one is of the checksum, the beginning of SHA-256 of the secret.
    private static bool IsPhrase(ReadOnlySpan<Word> words)
    {
        Span<byte> bytes = stackalloc byte[((words.Length * 11) + 7) / 8];
        bytes.Clear();
        var rising = true;
        var different = 0;
        for (var index = 0; index < words.Length; index++)
        {
            var number = words[index].Number;
            rising &= index == 0 || number > words[index - 1].Number;
            different += IsNew(words, index) ? 1 : 0;
            for (var bit = 0; bit < 11; bit++)
            {
                var place = (index * 11) + bit;
                bytes[place / 8] |= (byte)((number >> (10 - bit) & 1) << (7 - (place % 8)));
            }
        }
        // In the order of the alphabet it is a list of words; with many twice it is a style sheet, or one of the phrases that are published for tests.
        if (rising || different * 4 < words.Length * 3)
            return false;
        var checksumBits = words.Length / 3;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(bytes[..(words.Length * 4 / 3)], hash);
        return hash[0] >> (8 - checksumBits) == bytes[^1] >> (8 - checksumBits);
    }

    private static bool IsNew(ReadOnlySpan<Word> words, int index)
    {
        for (var earlier = 0; earlier < index; earlier++)
        {
            if (words[earlier].Number == words[index].Number)
                return false;
        }
        return true;
    }

    // The word at a place or, between two words, the one behind it.
    private static bool TryWord(ReadOnlySpan<byte> content, int place, out Word word)
    {
        var start = place;
        if (IsLetter(content[place]))
        {
            while (start > 0 && IsLetter(content[start - 1]) && place - start <= WordList.LongestWord)
                start--;
        }
        else
            start = place + GapAfter(content, place).Length;
        return TryRead(content, start, out word);
    }

    // All words around one that are written with the same between them.
    private static void Row(ReadOnlySpan<byte> content, Word word, int kind, ref PooledList<Word> words)
    {
        words.Clear();
        words.Add(word);
        if (kind == NoGap)
            return;
        for (var first = word; ; words.Add(first))
        {
            var gap = GapBefore(content, first.Start);
            var start = first.Start - gap.Length;
            var end = start;
            while (start > 0 && end - start <= WordList.LongestWord && IsLetter(content[start - 1]))
                start--;
            if (gap.Kind != kind || start == end || !TryRead(content, start, out first))
                break;
        }
        words.Items.Reverse();
        for (var last = word; ; words.Add(last))
        {
            var gap = GapAfter(content, last.Start + last.Length);
            if (gap.Kind != kind || !TryRead(content, last.Start + last.Length + gap.Length, out last))
                break;
        }
    }

    private static (int Length, int Kind) GapAfter(ReadOnlySpan<byte> content, int from)
    {
        var end = from;
        while (end < content.Length && end - from < LongestGap && IsGap(content[end]))
            end++;
        return (end - from, Kind(content[from..end]));
    }

    private static (int Length, int Kind) GapBefore(ReadOnlySpan<byte> content, int to)
    {
        var start = to;
        while (start > 0 && to - start < LongestGap && IsGap(content[start - 1]))
            start--;
        return (to - start, Kind(content[start..to]));
    }

    // What stands between two words, without its numbers and with all white space alike.
    private static int Kind(ReadOnlySpan<byte> gap)
    {
        var kind = NoGap;
        var wasSpace = false;
        foreach (var item in gap)
        {
            var isSpace = item <= ' ';
            if (item is >= (byte)'0' and <= (byte)'9' || (isSpace && wasSpace))
                continue;
            kind = (kind * 131) + (isSpace ? ' ' : item);
            wasSpace = isSpace;
        }
        return kind;
    }

    private static bool TryRead(ReadOnlySpan<byte> content, int start, out Word word)
    {
        var end = start;
        while (end < content.Length && end - start <= WordList.LongestWord && IsLetter(content[end]))
            end++;
        word = new Word(start, end - start, WordList.Number(content[start..end]));
        return word.Number != WordList.None;
    }

    private static bool IsLetter(byte value) => (uint)((value | 0x20) - 'a') < 26;

    private static bool IsGap(byte value) => value < 0x80 && !IsLetter(value);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Word(int Start, int Length, int Number);
}

/// <summary>Where something stands; in bytes from 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Place(int Start, int Length);
