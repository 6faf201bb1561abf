namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private void SetModes(bool on)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            switch (parameters[i])
            {
                case 4:
                    Set(ScreenModes.Insert, on);
                    break;
                case 20:
                    Set(ScreenModes.NewLine, on);
                    break;
            }
        }
    }

    private void SetPrivateModes(bool on)
    {
        for (var i = 0; i < parameters.Count; i++)
            SetPrivateMode(parameters[i], on);
    }

    private void SetPrivateMode(int mode, bool on)
    {
        switch (mode)
        {
            case 1:
                Set(ScreenModes.ApplicationCursorKeys, on);
                break;
            case 2 when on:
                SetCharsets(Charsets.Default with { Level = charsets.Level });
                break;
            case 5:
                Set(ScreenModes.ReverseVideo, on);
                break;
            case 6:
                Set(ScreenModes.Origin, on);
                MoveTo(0, 0);
                break;
            case 7:
                Set(ScreenModes.AutoWrap, on);
                break;
            case 9 or 1000 or 1002 or 1003:
                MouseTracking = on ? TrackingOf(mode) : MouseTracking.None;
                break;
            case 12:
                Set(ScreenModes.CursorBlink, on);
                break;
            case 25:
                Set(ScreenModes.CursorVisible, on);
                break;
            case 45:
                Set(ScreenModes.ReverseWrap, on);
                break;
            case 66:
                Set(ScreenModes.ApplicationKeypad, on);
                break;
            case 1004:
                Set(ScreenModes.FocusEvents, on);
                break;
            case 1006 or 1016:
                MouseEncoding =
                    !on ? MouseEncoding.Default
                    : mode == 1006 ? MouseEncoding.Sgr
                    : MouseEncoding.SgrPixels;
                break;
            case 47 or 1047 or 1048 or 1049:
                SwitchScreen(mode, on);
                break;
            case 2004:
                Set(ScreenModes.BracketedPaste, on);
                break;
            case 2026:
                Set(ScreenModes.SynchronizedOutput, on);
                break;
        }
    }

    private static MouseTracking TrackingOf(int mode) =>
        mode switch
        {
            9 => MouseTracking.X10,
            1000 => MouseTracking.Buttons,
            1002 => MouseTracking.Drag,
            _ => MouseTracking.AnyMotion,
        };

    private void SwitchScreen(int mode, bool on)
    {
        if (on && mode is (1048 or 1049))
            SaveCursor();
        if (mode != 1048 && on != Is(ScreenModes.AlternateScreen))
        {
            if (on)
            {
                main.Column = Math.Min(x, Columns - 1);
                main.Line = y;
                alternate.Clear(Columns, Blank);
            }
            active = on ? alternate : main;
            Set(ScreenModes.AlternateScreen, on);
            if (Is(ScreenModes.Origin))
                Restrict(sparesPendingWrap: true);
            EndPendingWrapOverNothing();
        }
        if (!on && mode is (1048 or 1049))
            RestoreCursor();
    }
}
