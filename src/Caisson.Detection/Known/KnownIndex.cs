using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Caisson.Detection.Search;

namespace Caisson.Detection.Known;

/// <summary>
/// Finds parts of known values in squeezed text. Of the text only every fifth place is looked up, eight characters at a time: a part that counts has twelve at
/// least, so one of the places lies wholly in it.
/// </summary>
/// <remarks>Immutable: another set of values makes another index.</remarks>
public sealed class KnownIndex
{
    internal const int Window = 8;
    internal const int Stride = 5;

    /// <summary>More places are not told; a scan says by itself when it found too much.</summary>
    internal const int MostHits = 4096;

    private const int Recent = 16;

    /// <summary>Parts of fewer squeezed characters might lie between two places that are looked up.</summary>
    private const int ShortestPart = Window + Stride - 1;

    // Written twice: escapes of six characters around base64, or a list of strings of one character around hexadecimal.
    private const int MostGrowth = 12;

    private readonly KnownSecret[] secrets;
    private readonly List<SecretForm> forms = [];
    private readonly List<int> owners = [];
    private readonly Table table;
    private readonly KeywordIndex brief;
    private readonly List<int> briefOwners = [];

    // Of these hardly anything is left in squeezed text.
    private readonly KeywordIndex signs;
    private readonly List<int> oddOwners = [];

    /// <summary>No known values.</summary>
    public static KnownIndex Empty { get; } = new([]);

    /// <exception cref="ArgumentException">A value is too short to be told from ordinary text.</exception>
    public KnownIndex(IReadOnlyCollection<KnownSecret> known)
    {
        secrets = [.. known];
        var briefs = new List<byte[]>();
        var odd = new List<byte[]>();
        var windows = 0;
        for (var owner = 0; owner < secrets.Length; owner++)
        {
            var secret = secrets[owner];
            if (secret.Value.Length < KnownSecret.Shortest)
                throw new ArgumentException($"the value of {secret.Name} is shorter than {KnownSecret.Shortest} bytes", nameof(known));
            foreach (var value in SecretParts.Of(secret.Value.ToArray()))
            {
                if (Squeezed.Of(value).Length < Window)
                {
                    odd.Add(value);
                    oddOwners.Add(owner);
                }
                foreach (var form in SecretForms.Of(value, KnownSecret.PartOf(value.Length)))
                {
                    if (form.Part < ShortestPart)
                    {
                        briefs.Add(form.Text);
                        briefOwners.Add(owner);
                        continue;
                    }
                    forms.Add(form);
                    owners.Add(owner);
                    windows += (form.Text.Length / Sure(form.Part)) + Stride;
                }
            }
        }
        table = new Table(windows);
        for (var form = 0; form < forms.Count; form++)
            Insert(form);
        brief = new KeywordIndex(briefs);
        signs = new KeywordIndex(odd);
    }

    /// <summary>How many values it knows.</summary>
    public int Count => secrets.Length;

    /// <summary>How long a text may be in which one value is written, in bytes; at most 16 KiB, since a part is found of what is longer.</summary>
    public int Longest => secrets.Length == 0 ? 0 : Math.Min(16384, secrets.Max(secret => secret.Value.Length) * MostGrowth);

    /// <summary>Adds each value of which a part that counts stands in the text.</summary>
    internal void Find(ReadOnlySpan<byte> squeezed, ref PooledList<KnownHit> hits)
    {
        if (forms.Count > 0 && squeezed.Length >= Window)
        {
            ref var first = ref MemoryMarshal.GetReference(squeezed);
            var last = squeezed.Length - Window;
            for (var position = 0; position <= last; position += Stride)
            {
                var key = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, position));
                if (table.MayHold(key))
                    Extend(squeezed, position, key, ref hits);
            }
        }
        if (brief.Count > 0)
        {
            var found = new PooledList<KeywordHit>();
            brief.Find(squeezed, ref found);
            foreach (var hit in found.Items)
                Add(ref hits, briefOwners[hit.Keyword], -1, hit.Start, brief.LengthOf(hit.Keyword));
            found.Dispose();
        }
    }

    /// <summary>As <see cref="Find"/>, in the text as it is, for values that are made of signs.</summary>
    internal void FindSigns(ReadOnlySpan<byte> content, ref PooledList<KnownHit> hits)
    {
        if (signs.Count == 0)
            return;
        var found = new PooledList<KeywordHit>();
        signs.Find(content, ref found);
        foreach (var hit in found.Items)
            Add(ref hits, oddOwners[hit.Keyword], -1, hit.Start, signs.LengthOf(hit.Keyword));
        found.Dispose();
    }

    internal KnownSecret Secret(KnownHit hit) => secrets[hit.Secret];

    /// <summary>How it was written; empty for the value itself.</summary>
    internal string FormOf(KnownHit hit) => hit.Form < 0 ? "" : forms[hit.Form].Name;

    private void Insert(int form)
    {
        var (_, text, part) = forms[form];
        var sure = Sure(part);
        for (var offset = 0; offset + Window <= text.Length; offset++)
        {
            if (offset % (Stride * sure) < Stride)
                table.Add(MemoryMarshal.Read<ulong>(text.AsSpan(offset)), form, offset);
        }
    }

    // How many of the places that are looked up lie in a part: the longer it is, the fewer of its windows have to be known.
    private static int Sure(int part) => Math.Max(1, (part - Window + 1) / Stride);

    private void Extend(ReadOnlySpan<byte> squeezed, int position, ulong key, ref PooledList<KnownHit> hits)
    {
        for (var slot = table.First(key); slot >= 0; slot = table.Next(slot, key))
        {
            var (form, offset) = table.Value(slot);
            var text = forms[form].Text;
            var before = 0;
            while (before < offset && before < position && text[offset - before - 1] == squeezed[position - before - 1])
                before++;
            var after = Window;
            while (offset + after < text.Length && position + after < squeezed.Length && text[offset + after] == squeezed[position + after])
                after++;
            if (before + after >= forms[form].Part)
                Add(ref hits, owners[form], form, position - before, before + after);
        }
    }

    // One value is often met at several places that are looked up, or in two forms at once.
    private static void Add(ref PooledList<KnownHit> hits, int secret, int form, int start, int length)
    {
        if (hits.Count >= MostHits)
            return;
        // They come in the order of the text, so that the one it belongs to is among the last.
        foreach (ref var hit in hits.Items[Math.Max(0, hits.Count - Recent)..])
        {
            if (hit.Secret == secret && start <= hit.Start + hit.Length && hit.Start <= start + length)
            {
                var end = Math.Max(hit.Start + hit.Length, start + length);
                start = Math.Min(hit.Start, start);
                hit = hit with { Start = start, Length = end - start };
                return;
            }
        }
        hits.Add(new KnownHit(secret, form, start, length));
    }

    // Open addressing; several entries may have one key. A table of bits in front answers nearly all that is asked.
    private sealed class Table
    {
        private const ulong Mixer = 0x9E3779B97F4A7C15;

        private readonly ulong[] bits;
        private readonly int bitShift;
        private readonly ulong[] keys;
        private readonly int[] formOf;
        private readonly int[] offsetOf;
        private readonly int slotShift;

        internal Table(int entries)
        {
            var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, entries * 3 / 2));
            keys = new ulong[slots];
            formOf = new int[slots];
            offsetOf = new int[slots];
            slotShift = 64 - BitOperations.Log2((uint)slots);
            bits = new ulong[Math.Max(1024, slots / 8)];
            bitShift = 64 - BitOperations.Log2((uint)bits.Length * 64);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool MayHold(ulong key)
        {
            var bit = (key * Mixer) >> bitShift;
            return (Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bits), (nint)(bit >> 6)) >> (int)(bit & 63) & 1) != 0;
        }

        internal void Add(ulong key, int form, int offset)
        {
            var bit = (key * Mixer) >> bitShift;
            bits[bit >> 6] |= 1UL << (int)(bit & 63);
            var slot = Slot(key);
            // No squeezed text is all zeros, so a free slot has that key.
            while (keys[slot] != 0)
                slot = (slot + 1) & (keys.Length - 1);
            (keys[slot], formOf[slot], offsetOf[slot]) = (key, form, offset);
        }

        internal int First(ulong key) => From(Slot(key), key);

        internal int Next(int slot, ulong key) => From((slot + 1) & (keys.Length - 1), key);

        internal (int Form, int Offset) Value(int slot) => (formOf[slot], offsetOf[slot]);

        private int From(int slot, ulong key)
        {
            while (keys[slot] != 0)
            {
                if (keys[slot] == key)
                    return slot;
                slot = (slot + 1) & (keys.Length - 1);
            }
            return -1;
        }

        private int Slot(ulong key) => (int)((key * Mixer) >> slotShift);
    }
}

/// <summary>A value, or a part of it that counts, in squeezed text.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KnownHit(int Secret, int Form, int Start, int Length);
