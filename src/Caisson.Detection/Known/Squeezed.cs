using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Caisson.Detection.Known;

/// <summary>
/// Text with all but ASCII letters and digits taken out, in lower case. A secret that was cut up by separators, quotes or line breaks, whose case was changed,
/// or which was written as UTF-16, is whole again in it, and both alphabets of base64 are one.
/// </summary>
internal static class Squeezed
{
    /// <summary>Room that the output needs beyond its length, because eight bytes are written at a time.</summary>
    internal const int Slack = 16;

    private static readonly byte[] Shuffles = BuildShuffles();

    /// <summary>Writes what is left of the content and returns its length.</summary>
    /// <param name="output">As long as the content and <see cref="Slack"/> more.</param>
    internal static int Squeeze(ReadOnlySpan<byte> content, Span<byte> output)
    {
        if (output.Length < content.Length + Slack)
            throw new ArgumentException("the output is too short", nameof(output));
        var position = 0;
        var written = 0;
        if (Ssse3.IsSupported)
        {
            ref var from = ref MemoryMarshal.GetReference(content);
            ref var to = ref MemoryMarshal.GetReference(output);
            ref var shuffles = ref MemoryMarshal.GetArrayDataReference(Shuffles);
            for (; position + 16 <= content.Length; position += 16)
            {
                var bytes = Vector128.LoadUnsafe(ref from, (nuint)position);
                var folded = bytes | Vector128.Create((byte)0x20);
                var letters = Vector128.LessThanOrEqual(folded - Vector128.Create((byte)'a'), Vector128.Create((byte)25));
                var digits = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
                // A digit has the bit of lower case already.
                var kept = (letters | digits).ExtractMostSignificantBits();
                if (kept == 0xFFFF)
                {
                    folded.StoreUnsafe(ref to, (nuint)written);
                    written += 16;
                    continue;
                }
                written += Pack(folded, kept & 0xFF, 0, ref shuffles, ref Unsafe.Add(ref to, written));
                written += Pack(folded, kept >> 8, 0x0808080808080808, ref shuffles, ref Unsafe.Add(ref to, written));
            }
        }
        for (; position < content.Length; position++)
        {
            var value = content[position];
            output[written] = (byte)(value | 0x20);
            written += char.IsAsciiLetterOrDigit((char)value) ? 1 : 0;
        }
        return written;
    }

    // Moves those of eight bytes that are kept together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Pack(Vector128<byte> bytes, uint kept, ulong half, ref byte shuffles, ref byte output)
    {
        var pick = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref shuffles, kept * 8)) + half;
        Unsafe.WriteUnaligned(ref output, Ssse3.Shuffle(bytes, Vector128.CreateScalarUnsafe(pick).AsByte()).AsUInt64().ToScalar());
        return BitOperations.PopCount(kept);
    }

    /// <summary>The same for a value that is kept.</summary>
    internal static byte[] Of(ReadOnlySpan<byte> content)
    {
        var output = new byte[content.Length + Slack];
        return output[..Squeeze(content, output)];
    }

    /// <summary>Where in the content a byte of the squeezed text stands.</summary>
    internal static int Place(ReadOnlySpan<byte> content, int squeezed)
    {
        var seen = 0;
        for (var position = 0; position < content.Length; position++)
        {
            if (char.IsAsciiLetterOrDigit((char)content[position]) && seen++ == squeezed)
                return position;
        }
        return content.Length;
    }

    private static byte[] BuildShuffles()
    {
        var table = new byte[256 * 8];
        for (var mask = 0; mask < 256; mask++)
        {
            var written = 0;
            for (var bit = 0; bit < 8; bit++)
            {
                if ((mask >> bit & 1) != 0)
                    table[(mask * 8) + written++] = (byte)bit;
            }
        }
        return table;
    }
}
