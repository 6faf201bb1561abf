using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Caisson.Detection.Search;

/// <summary>
/// Finds where any of some hundred keywords stands in bytes, in one pass and without regard to ASCII case. Each keyword is known by its rarest four bytes; a
/// table of bits says for each place whether its four bytes may be some keyword's, and only then is looked closer.
/// </summary>
internal sealed class KeywordIndex
{
    /// <summary>The shortest keyword, in bytes.</summary>
    internal const int Shortest = 4;

    private const int TableBits = 15;
    private const uint Fold = 0x20202020;
    private const uint Mixer = 0x9E3779B1;
    private const int SecondBits = 16;
    private const uint SecondMixer = 0x85EBCA6B;

    // A byte for each slot: a table of bits takes three more steps at every place.
    private readonly byte[] table = new byte[1 << TableBits];

    // Asked when the first says maybe; another mixture, so that what passes one by chance hardly passes both.
    private readonly ulong[] second = new ulong[1 << (SecondBits - 6)];
    private readonly Dictionary<uint, Anchor[]> anchors;

    private readonly byte[][] keywords;

    /// <param name="keywords">At least four bytes each; several may be the same.</param>
    internal KeywordIndex(IReadOnlyList<byte[]> keywords)
    {
        this.keywords = [.. keywords.Select(FoldAll)];
        var built = new Dictionary<uint, List<Anchor>>();
        for (var id = 0; id < Count; id++)
        {
            var folded = this.keywords[id];
            var offset = RarestOffset(folded);
            var quad = MemoryMarshal.Read<uint>(folded.AsSpan(offset));
            if (!built.TryGetValue(quad, out var list))
                built[quad] = list = [];
            list.Add(new Anchor(id, offset, folded));
            table[Slot(quad)] = 1;
            second[Second(quad) >> 6] |= 1UL << (int)(Second(quad) & 63);
        }
        anchors = built.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    internal int Count => keywords.Length;

    internal int LengthOf(int keyword) => keywords[keyword].Length;

    /// <summary>Adds each keyword's number and where it begins, in the order of their rarest bytes.</summary>
    internal void Find(ReadOnlySpan<byte> content, ref PooledList<KeywordHit> hits)
    {
        if (content.Length < Shortest || Count == 0)
            return;
        ref var first = ref MemoryMarshal.GetReference(content);
        ref var slots = ref MemoryMarshal.GetArrayDataReference(table);
        var last = content.Length - Shortest;
        var position = 0;
        for (; position + 3 <= last; position += 4)
        {
            // Four places without a branch between them: nearly always none of them is one.
            var any =
                Test(ref slots, ref first, position)
                | Test(ref slots, ref first, position + 1)
                | Test(ref slots, ref first, position + 2)
                | Test(ref slots, ref first, position + 3);
            if (any != 0)
            {
                for (var each = position; each < position + 4; each++)
                {
                    if (Test(ref slots, ref first, each) != 0)
                        Look(content, each, ref hits);
                }
            }
        }
        for (; position <= last; position++)
            Look(content, position, ref hits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Test(ref byte slots, ref byte first, int position) =>
        Unsafe.Add(ref slots, (nint)Slot(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, position)) | Fold));

    private static uint Slot(uint folded) => (folded * Mixer) >> (32 - TableBits);

    private static uint Second(uint folded) => (folded * SecondMixer) >> (32 - SecondBits);

    private void Look(ReadOnlySpan<byte> content, int position, ref PooledList<KeywordHit> hits)
    {
        var quad = MemoryMarshal.Read<uint>(content[position..]) | Fold;
        if ((second[Second(quad) >> 6] >> (int)(Second(quad) & 63) & 1) == 0 || !anchors.TryGetValue(quad, out var candidates))
            return;
        foreach (var anchor in candidates)
        {
            var start = position - anchor.Offset;
            if (
                start >= 0
                && start + anchor.Folded.Length <= content.Length
                && Same(content.Slice(start, anchor.Folded.Length), anchor.Folded)
            )
                hits.Add(new KeywordHit(anchor.Keyword, start));
        }
    }

    private static bool Same(ReadOnlySpan<byte> content, byte[] folded)
    {
        for (var index = 0; index < folded.Length; index++)
        {
            if ((content[index] | 0x20) != folded[index])
                return false;
        }
        return true;
    }

    private static byte[] FoldAll(byte[] keyword)
    {
        if (keyword.Length < Shortest)
            throw new ArgumentException($"a keyword needs at least {Shortest} bytes", nameof(keyword));
        return [.. keyword.Select(item => (byte)(item | 0x20))];
    }

    private static int RarestOffset(byte[] folded)
    {
        var best = 0;
        var rarest = double.MaxValue;
        for (var offset = 0; offset + Shortest <= folded.Length; offset++)
        {
            var weight = 0.0;
            for (var index = offset; index < offset + Shortest; index++)
                weight += LetterFrequency.Log(folded[index]);
            if (weight < rarest)
                (rarest, best) = (weight, offset);
        }
        return best;
    }

    private readonly record struct Anchor(int Keyword, int Offset, byte[] Folded);
}

/// <summary>A keyword (its number in the index) that begins at a place, from 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KeywordHit(int Keyword, int Start);
