using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Caisson.Terminals.Screen;

/// <summary>
/// One cell, 16 bytes. The content is a code point, or the index of a cluster (a base character with what combines with it), or nothing; the second
/// half of a wide character has no content and no width. Colours and flags are in place, what is rare (links, underline colours) by index.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Cell(uint content, Pen pen) : IEquatable<Cell>
{
    public const uint ContentMask = 0x3F_FFFF;
    public const uint ClusterBit = 0x20_0000;
    public const int WidthShift = 22;
    public const uint Narrow = 1u << WidthShift;
    public const uint Wide = 2u << WidthShift;

    public uint Content = content;
    public Pen Pen = pen;

    public readonly int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(Content >> WidthShift);
    }

    public readonly bool HasContent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Content & ContentMask) != 0;
    }

    public readonly bool IsCluster => (Content & ClusterBit) != 0;

    /// <summary>The code point, or the index of the cluster.</summary>
    public readonly int Value => (int)(Content & (ClusterBit - 1));

    /// <summary>What erasing leaves: nothing, on the background colour that was set (back colour erase).</summary>
    public static Cell Erased(uint background) => new(Narrow, new Pen(0, background & Pen.ColourMask, 0));

    public readonly bool Equals(Cell other) => Content == other.Content && Pen == other.Pen;

    public override readonly bool Equals(object? obj) => obj is Cell other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Content, Pen);
}
