using System.Globalization;
using System.Text;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private const int ForegroundSlot = 256;
    private const int Slots = 259;

    /// <summary>Colours that programs have set, -1 where they have not: the palette, foreground, background, cursor.</summary>
    internal readonly int[] setColours = Enumerable.Repeat(-1, Slots).ToArray();

    private void Colour(int command, ReadOnlySpan<byte> text)
    {
        if (text.Length > 1 << 14)
            return;
        switch (command)
        {
            case 4:
                PaletteColours(Encoding.UTF8.GetString(text).Split(';'));
                break;
            case 10 or 11 or 12:
                var slot = ForegroundSlot + command - 10;
                foreach (var value in Encoding.UTF8.GetString(text).Split(';'))
                {
                    if (slot == Slots)
                        break;
                    SetOrReport(slot, value);
                    slot++;
                }
                break;
            case 104 when text.IsEmpty:
                setColours.AsSpan(0, ForegroundSlot).Fill(-1);
                break;
            case 104:
                foreach (var value in Encoding.UTF8.GetString(text).Split(';'))
                {
                    if (IndexOf(value) is { } index)
                        setColours[index] = -1;
                }
                break;
            case 110 or 111 or 112:
                setColours[ForegroundSlot + command - 110] = -1;
                break;
        }
    }

    private void PaletteColours(string[] parts)
    {
        for (var i = 0; i + 1 < parts.Length; i += 2)
        {
            if (IndexOf(parts[i]) is { } index)
                SetOrReport(index, parts[i + 1]);
        }
    }

    private void SetOrReport(int slot, string value)
    {
        if (value == "?")
        {
            var target = slot < ForegroundSlot ? $"4;{slot}" : $"{10 + slot - ForegroundSlot}";
            var colour = ColourIn(slot);
            Reply($"\e]{target};rgb:{Twice(colour >> 16)}/{Twice(colour >> 8)}/{Twice(colour)}\e\\");
        }
        else if (TryReadColour(value, out var colour))
        {
            setColours[slot] = colour;
        }

        static string Twice(int component) => (component & 0xFF).ToString("x2", CultureInfo.InvariantCulture) is var hex ? hex + hex : "";
    }

    private int ColourIn(int slot)
    {
        if (setColours[slot] >= 0)
            return setColours[slot];
        return (slot - ForegroundSlot) switch
        {
            0 => Colours.Foreground,
            1 => Colours.Background,
            2 => Colours.Cursor,
            _ => Colours.OfPalette(slot),
        };
    }

    private static int? IndexOf(string text) =>
        text.Length is > 0 and <= 3
        && text.All(char.IsAsciiDigit)
        && int.Parse(text, CultureInfo.InvariantCulture) is var index and < ForegroundSlot
            ? index
            : null;

    /// <summary>"rgb:R/G/B" with 1 to 4 hexadecimal digits each, or "#" and 3, 6, 9 or 12 of them (XParseColor).</summary>
    private static bool TryReadColour(string text, out int colour)
    {
        colour = 0;
        string[] parts;
        if (text.StartsWith("rgb:", StringComparison.OrdinalIgnoreCase))
        {
            parts = text[4..].Split('/');
        }
        else if (text is ['#', ..] && text.Length is 4 or 7 or 10 or 13)
        {
            var size = (text.Length - 1) / 3;
            parts = [text[1..(1 + size)], text[(1 + size)..(1 + 2 * size)], text[(1 + 2 * size)..]];
        }
        else
        {
            return false;
        }
        if (parts.Length != 3 || parts.Any(part => part.Length != parts[0].Length))
            return false;
        var hash = text[0] == '#';
        foreach (var part in parts)
        {
            if (part.Length is 0 or > 4 || !part.All(char.IsAsciiHexDigit))
                return false;
            var value = int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            // "#" gives the highest bits, "rgb:" a fraction of the whole range.
            var component = hash ? value << 16 >> (4 * part.Length) >> 8 : value * 255 / ((1 << (4 * part.Length)) - 1);
            colour = colour << 8 | component;
        }
        return true;
    }
}
