namespace Caisson.Terminals.Screen;

/// <summary>The colours that queries are answered with, until a program sets others: 0xRRGGBB.</summary>
public sealed record ScreenColours
{
    public static readonly ScreenColours Default = new();

    public int Foreground { get; init; } = 0xFFFFFF;

    public int Background { get; init; }

    public int Cursor { get; init; } = 0xFFFFFF;

    /// <summary>The first 16 of the palette; the other 240 are the usual cube and greys.</summary>
    public IReadOnlyList<int> Palette { get; init; } =
    [
        0x2E3436,
        0xCC0000,
        0x4E9A06,
        0xC4A000,
        0x3465A4,
        0x75507B,
        0x06989A,
        0xD3D7CF,
        0x555753,
        0xEF2929,
        0x8AE234,
        0xFCE94F,
        0x729FCF,
        0xAD7FA8,
        0x34E2E2,
        0xEEEEEC,
    ];

    internal int OfPalette(int index)
    {
        if (index < 16)
            return index < Palette.Count ? Palette[index] : 0;
        if (index >= 232)
        {
            var grey = 8 + 10 * (index - 232);
            return grey << 16 | grey << 8 | grey;
        }
        return Level((index - 16) / 36) << 16 | Level((index - 16) / 6 % 6) << 8 | Level((index - 16) % 6);

        static int Level(int step) => step == 0 ? 0 : 55 + 40 * step;
    }
}
