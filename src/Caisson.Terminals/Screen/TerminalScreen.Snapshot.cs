namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private static readonly (ScreenModes Mode, int Number)[] PrivateModes =
    [
        (ScreenModes.ApplicationCursorKeys, 1),
        (ScreenModes.ReverseVideo, 5),
        (ScreenModes.CursorBlink, 12),
        (ScreenModes.CursorVisible, 25),
        (ScreenModes.ReverseWrap, 45),
        (ScreenModes.ApplicationKeypad, 66),
        (ScreenModes.FocusEvents, 1004),
        (ScreenModes.BracketedPaste, 2004),
        (ScreenModes.AutoWrap, 7),
        (ScreenModes.SynchronizedOutput, 2026),
    ];

    /// <summary>
    /// The order matters: 1. a full reset and what survives it; 2. text, of the history first, and what belongs to the main buffer; 3. the same of the
    /// alternate one; 4. the cursor; 5. what changes how characters are printed; 6. the last character, which brings a pending wrap and what combines with
    /// it back; 7. what there is of a sequence.
    /// </summary>
    internal void WriteSnapshot(EscapeWriter writer, SnapshotPart part)
    {
        // 1
        writer.Raw("\ec"u8);
        writer.Csi("20l"u8);
        WriteStrings(writer);
        // 2
        WriteLines(writer, main, part == SnapshotPart.Full ? ScrollbackCount : 0);
        WriteBufferState(writer, main);
        // 3
        if (Is(ScreenModes.AlternateScreen))
        {
            writer.MoveTo(main.Column, main.Line);
            writer.Pen(default);
            writer.Mode(47, on: true);
            writer.MoveTo(0, 0);
            WriteLines(writer, alternate, history: 0);
            WriteBufferState(writer, alternate);
        }
        else if (alternate.Saved.IsSet)
        {
            writer.Pen(default);
            writer.Mode(47, on: true);
            WriteSaved(writer, alternate.Saved);
            writer.Mode(47, on: false);
        }
        // 4
        var reprints = preceding != 0 && CanReprint;
        WriteCursor(writer, reprints);
        // 5
        WriteCharsets(writer, charsets);
        WriteModes(writer);
        writer.Pen(pen);
        // 6
        if (reprints)
        {
            if (Is(ScreenModes.Insert))
                writer.Csi(preceding, 'P');
            WriteCell(writer, CurrentRow.Cells[x - preceding]);
        }
        // 7
        WritePartialSequence(writer);
    }

    /// <summary>It is there as it was printed, by the pen that is in the hand now.</summary>
    private bool CanReprint =>
        x >= preceding && CurrentRow.Cells[x - preceding] is { HasContent: true } cell && cell.Width == preceding && cell.Pen == pen;

    private void WriteStrings(EscapeWriter writer)
    {
        writer.Osc("104");
        for (var slot = ForegroundSlot; slot < Slots; slot++)
            writer.Osc($"{110 + slot - ForegroundSlot}");
        for (var slot = 0; slot < Slots; slot++)
        {
            if (setColours[slot] is >= 0 and var colour)
            {
                var target = slot < ForegroundSlot ? $"4;{slot}" : $"{10 + slot - ForegroundSlot}";
                writer.Osc($"{target};rgb:{colour >> 16:x2}/{colour >> 8 & 0xFF:x2}/{colour & 0xFF:x2}");
            }
        }
        foreach (var title in iconTitles)
        {
            writer.Osc($"1;{title}");
            writer.Csi("22;1t"u8);
        }
        foreach (var title in titles)
        {
            writer.Osc($"2;{title}");
            writer.Csi("22;2t"u8);
        }
        writer.Osc($"1;{IconTitle}");
        writer.Osc($"2;{Title}");
        writer.Osc($"7;{WorkingDirectory}");
    }

    private void WriteBufferState(EscapeWriter writer, ScreenBuffer buffer)
    {
        if (!buffer.Tabs.IsDefault(Columns))
        {
            writer.Csi("3g"u8);
            for (var column = 0; column < Columns; column++)
            {
                if (!buffer.Tabs[column])
                    continue;
                writer.Csi(column + 1, 'G');
                writer.Raw("\eH"u8);
            }
        }
        WriteSaved(writer, buffer.Saved);
        if (buffer.Top == 0 && buffer.Bottom == Rows - 1)
            return;
        writer.Raw("\e["u8);
        writer.Number(buffer.Top + 1);
        writer.Raw(";"u8);
        writer.Number(buffer.Bottom + 1);
        writer.Raw("r"u8);
    }

    private static void WriteSaved(EscapeWriter writer, SavedCursor saved)
    {
        if (!saved.IsSet)
            return;
        if (saved.Origin)
            writer.Mode(6, on: true);
        WriteCharsets(writer, saved.Charsets);
        writer.Pen(saved.Pen);
        writer.MoveTo(saved.Column, saved.Row);
        writer.Raw("\e7"u8);
        writer.Mode(6, on: false);
        WriteCharsets(writer, Charsets.Default);
    }

    private static void WriteCharsets(EscapeWriter writer, Charsets sets)
    {
        writer.Raw([0x1B, (byte)'(', sets.G0, 0x1B, (byte)')', sets.G1, 0x1B, (byte)'*', sets.G2, 0x1B, (byte)'+', sets.G3]);
        writer.Raw(
            sets.Level switch
            {
                0 => "\x0F"u8,
                1 => "\x0E"u8,
                2 => "\en"u8,
                _ => "\eo"u8,
            }
        );
    }

    private void WriteModes(EscapeWriter writer)
    {
        if (Is(ScreenModes.Insert))
            writer.Csi("4h"u8);
        if (Is(ScreenModes.NewLine))
            writer.Csi("20h"u8);
        foreach (var (mode, number) in PrivateModes)
        {
            // A reset doesn't reach everything in xterm.js, so what is off is said, too. A cursor that doesn't blink is the viewer's own choice.
            if (mode != ScreenModes.CursorBlink || Is(mode))
                writer.Mode(number, Is(mode));
        }
        writer.Mode(1000, on: false);
        if (MouseTracking != MouseTracking.None)
            writer.Mode(NumberOf(MouseTracking), on: true);
        writer.Mode(1006, on: false);
        if (MouseEncoding != MouseEncoding.Default)
            writer.Mode(MouseEncoding == MouseEncoding.Sgr ? 1006 : 1016, on: true);
        writer.Csi(CursorStyle, ' ');
        writer.Raw("q"u8);
    }

    private static int NumberOf(MouseTracking tracking) =>
        tracking switch
        {
            MouseTracking.X10 => 9,
            MouseTracking.Buttons => 1000,
            MouseTracking.Drag => 1002,
            _ => 1003,
        };

    private void WriteCursor(EscapeWriter writer, bool reprints)
    {
        writer.Mode(6, Is(ScreenModes.Origin));
        var row = Is(ScreenModes.Origin) ? y - active.Top : y;
        if (reprints || x < Columns)
        {
            writer.MoveTo(reprints ? x - preceding : x, row);
            return;
        }
        var cells = CurrentRow.Cells;
        var last = IsSecondHalf(Columns - 1) ? Columns - 2 : Columns - 1;
        writer.MoveTo(last, row);
        writer.Pen(cells[last].Pen);
        if (cells[last].HasContent)
        {
            WriteCell(writer, cells[last]);
            return;
        }
        // The line was erased as a whole while the wrap was pending.
        writer.Raw(" "u8);
        writer.Csi("1K"u8);
    }
}
