using System.Reflection;
using System.Text;

namespace Caisson.Detection.SeedPhrases;

/// <summary>The 2048 English words of BIP-39, three to eight letters each, for looking up many words fast.</summary>
internal static class WordList
{
    internal const int None = -1;
    internal const int LongestWord = 8;
    internal const int ShortestWord = 3;

    private const string Resource = "bip39-english.txt";
    private const int TableBits = 13;
    private const ulong Mixer = 0x9E3779B97F4A7C15;

    private static readonly string[] Words = Read();
    private static readonly (ulong Letters, short Number)[] Table = Build();

    internal static string Word(int number) => Words[number];

    /// <summary>A word's number, from 0, or <see cref="None"/>; in any case.</summary>
    /// <param name="word">ASCII letters.</param>
    internal static int Number(ReadOnlySpan<byte> word)
    {
        if (word.Length is < ShortestWord or > LongestWord)
            return None;
        var letters = 0UL;
        foreach (var letter in word)
            letters = (letters << 8) | (uint)(letter | 0x20);
        for (var slot = Slot(letters); Table[slot].Letters != 0; slot = (slot + 1) & ((1 << TableBits) - 1))
        {
            if (Table[slot].Letters == letters)
                return Table[slot].Number;
        }
        return None;
    }

    private static int Slot(ulong letters) => (int)((letters * Mixer) >> (64 - TableBits));

    private static (ulong, short)[] Build()
    {
        var table = new (ulong Letters, short Number)[1 << TableBits];
        for (var number = 0; number < Words.Length; number++)
        {
            var letters = Encoding.ASCII.GetBytes(Words[number]).Aggregate(0UL, (sum, letter) => (sum << 8) | letter);
            var slot = Slot(letters);
            while (table[slot].Letters != 0)
                slot = (slot + 1) & ((1 << TableBits) - 1);
            table[slot] = (letters, (short)number);
        }
        return table;
    }

    private static string[] Read()
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in this build");
        using var reader = new StreamReader(stream);
        return
        [
            .. reader
                .ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(line => line[0] != '#'),
        ];
    }
}
