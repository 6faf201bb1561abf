using System.Runtime.InteropServices;

namespace Caisson.Terminals.Screen;

/// <summary>How characters are drawn: two colours with flags beside them, and the index of an <see cref="Extension"/>.</summary>
/// <remarks>A colour is 24 bits and, above them, its kind: none (0), one of 16, one of 256, or red, green and blue.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal record struct Pen(uint Foreground, uint Background, uint Extension)
{
    public const uint ColourMask = 0x3FF_FFFF;
    public const uint KindMask = 3u << 24;
    public const uint Of16 = 1u << 24;
    public const uint Of256 = 2u << 24;
    public const uint Rgb = 3u << 24;

    // Beside the foreground.
    public const uint Bold = 1u << 26;
    public const uint Faint = 1u << 27;
    public const uint Italic = 1u << 28;
    public const uint Inverse = 1u << 29;
    public const uint Hidden = 1u << 30;
    public const uint Strike = 1u << 31;

    // Beside the background.
    public const uint Overline = 1u << 26;
    public const uint Blink = 1u << 27;
    public const uint Protected = 1u << 28;
    public const int UnderlineShift = 29;
    public const uint UnderlineMask = 7u << UnderlineShift;

    public uint Foreground = Foreground;
    public uint Background = Background;
    public uint Extension = Extension;

    /// <summary>0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed.</summary>
    public readonly int Underline => (int)(Background >> UnderlineShift);

    public readonly bool IsProtected => (Background & Protected) != 0;
}

/// <summary>What few cells have: the colour of the underline (0: that of the text), and a link (0: none).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Extension(uint UnderlineColour, int Link);
