namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>SGR.</summary>
    private void SelectRendition()
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            var value = parameters[i];
            switch (value)
            {
                case 0:
                    // Neither the link nor the protection is a rendition, but xterm.js resets protection with it.
                    pen = new Pen(0, 0, UnderlineColour(0));
                    break;
                case 4:
                    Underline(parameters.SubCountOf(i) > 0 ? parameters.Sub(i, 0) : 1);
                    break;
                case 21:
                    Underline(2);
                    break;
                case 24:
                    Underline(0);
                    break;
                case >= 30 and <= 37:
                    Foreground(Pen.Of16 | (uint)(value - 30));
                    break;
                case >= 40 and <= 47:
                    Background(Pen.Of16 | (uint)(value - 40));
                    break;
                case >= 90 and <= 97:
                    Foreground(Pen.Of16 | (uint)(value - 90 + 8));
                    break;
                case >= 100 and <= 107:
                    Background(Pen.Of16 | (uint)(value - 100 + 8));
                    break;
                case 39:
                    Foreground(0);
                    break;
                case 49:
                    Background(0);
                    break;
                case 59:
                    pen.Extension = UnderlineColour(0);
                    break;
                case 38 or 48 or 58:
                    i += ExtendedColour(i);
                    break;
                default:
                    Flags(value);
                    break;
            }
        }
    }

    private void Flags(int value)
    {
        switch (value)
        {
            case 1:
                pen.Foreground |= Pen.Bold;
                break;
            case 2:
                pen.Foreground |= Pen.Faint;
                break;
            case 3:
                pen.Foreground |= Pen.Italic;
                break;
            case 5:
                pen.Background |= Pen.Blink;
                break;
            case 7:
                pen.Foreground |= Pen.Inverse;
                break;
            case 8:
                pen.Foreground |= Pen.Hidden;
                break;
            case 9:
                pen.Foreground |= Pen.Strike;
                break;
            case 22:
                pen.Foreground &= ~(Pen.Bold | Pen.Faint);
                break;
            case 23:
                pen.Foreground &= ~Pen.Italic;
                break;
            case 25:
                pen.Background &= ~Pen.Blink;
                break;
            case 27:
                pen.Foreground &= ~Pen.Inverse;
                break;
            case 28:
                pen.Foreground &= ~Pen.Hidden;
                break;
            case 29:
                pen.Foreground &= ~Pen.Strike;
                break;
            case 53:
                pen.Background |= Pen.Overline;
                break;
            case 55:
                pen.Background &= ~Pen.Overline;
                break;
        }
    }

    private void Foreground(uint colour) => pen.Foreground = pen.Foreground & ~Pen.ColourMask | colour;

    private void Background(uint colour) => pen.Background = pen.Background & ~Pen.ColourMask | colour;

    private void Underline(int style) =>
        pen.Background = pen.Background & ~Pen.UnderlineMask | (uint)(style is < 0 or > 5 ? 1 : style) << Pen.UnderlineShift;

    /// <summary>The index of the extension that the pen gets with this underline colour.</summary>
    private uint UnderlineColour(uint colour) =>
        pen.Extension == 0 && colour == 0 ? 0 : Intern(ExtensionOf(pen.Extension) with { UnderlineColour = colour });

    /// <summary>
    /// 38, 48, 58, in the forms "38;5;N", "38;2;R;G;B", "38:5:N" and "38:2:SPACE:R:G:B" (ITU T.416), or mixed. Read as xterm.js reads them.
    /// </summary>
    /// <returns>How many further parameters belong to it.</returns>
    private int ExtendedColour(int at)
    {
        // Target, kind, colour space, three values. The space is there with ':' only, and not for an indexed colour.
        Span<int> found = [0, 0, SequenceParameters.Absent, 0, 0, 0];
        int space = 0,
            taken = 0;
        do
        {
            found[taken + space] = parameters[at + taken];
            var subs = parameters.SubCountOf(at + taken);
            if (subs > 0)
            {
                for (var i = 0; i < subs && i + taken + 1 + space < found.Length; i++)
                {
                    if (found[1] == 5)
                        space = 1;
                    if (i + taken + 1 + space < found.Length)
                        found[taken + i + 1 + space] = parameters.Sub(at + taken, i);
                }
                break;
            }
            if (found[1] == 5 && taken + space >= 2 || found[1] == 2 && taken + space >= 5)
                break;
            if (found[1] != 0)
                space = 1;
        } while (++taken + at < parameters.Count && taken + space < found.Length);

        foreach (ref var value in found[2..])
            value = Math.Max(value, 0);
        Apply(found[0], ColourOf(found[1], found[3], found[4], found[5]));
        return taken;
    }

    private static uint? ColourOf(int kind, int first, int second, int third) =>
        kind switch
        {
            2 => Pen.Rgb | (uint)(first & 0xFF) << 16 | (uint)(second & 0xFF) << 8 | (uint)(third & 0xFF),
            5 => Pen.Of256 | (uint)(first & 0xFF),
            _ => null,
        };

    private void Apply(int target, uint? colour)
    {
        if (colour is not { } value)
            return;
        if (target == 38)
            Foreground(value);
        else if (target == 48)
            Background(value);
        else
            pen.Extension = UnderlineColour(value);
    }
}
