namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private void Execute(int code)
    {
        switch (code)
        {
            case 0x07:
                AddEvent(ScreenEventKind.Bell);
                break;
            case 0x08:
                Backspace();
                break;
            case 0x09:
                Tabulate(1);
                break;
            case 0x0A or 0x0B or 0x0C:
                LineFeed();
                break;
            case 0x0D:
                x = 0;
                break;
            case 0x0E:
                Shift(1);
                break;
            case 0x0F:
                Shift(0);
                break;
            case 0x84:
                Index();
                break;
            case 0x85:
                x = 0;
                Index();
                break;
            case 0x88:
                SetTab();
                break;
        }
    }

    private void EscapeSequence(int id)
    {
        switch (id)
        {
            case '7':
                SaveCursor();
                break;
            case '8':
                RestoreCursor();
                break;
            case 'D':
                Index();
                break;
            case 'E':
                x = 0;
                Index();
                break;
            case 'H':
                SetTab();
                break;
            case 'M':
                ReverseIndex();
                break;
            case 'c':
                Reset();
                break;
            case '=':
                Set(ScreenModes.ApplicationKeypad, on: true);
                break;
            case '>':
                Set(ScreenModes.ApplicationKeypad, on: false);
                break;
            case 'n' or '}':
                Shift(2);
                break;
            case 'o' or '|':
                Shift(3);
                break;
            case '~':
                Shift(1);
                break;
            case '#' << 8 | '8':
                FillWithE();
                break;
            case '%' << 8 | '@' or '%' << 8 | 'G':
                SetCharsets(charsets with { G0 = Charsets.Ascii, Level = 0 });
                break;
            default:
                if (
                    (id >> 8) switch
                    {
                        '(' => 0,
                        ')' or '-' => 1,
                        '*' or '.' => 2,
                        '+' => 3,
                        _ => -1,
                    }
                    is var index
                        and >= 0
                )
                    Designate(index, id & 0xFF);
                break;
        }
    }

    private void ControlSequence(int id)
    {
        switch (id)
        {
            case 'm':
                SelectRendition();
                break;
            case 'H' or 'f':
                MoveTo(parameters.OrOne(1) - 1, parameters.OrOne(0) - 1);
                break;
            case 'K':
                EraseInLine(parameters[0], sparesProtected: false);
                break;
            case 'J':
                EraseInDisplay(parameters[0], sparesProtected: false);
                break;
            case '?' << 8 | 'K':
                EraseInLine(parameters[0], sparesProtected: true);
                break;
            case '?' << 8 | 'J':
                EraseInDisplay(parameters[0], sparesProtected: true);
                break;
            case 'h' or 'l':
                SetModes(id == 'h');
                break;
            case '?' << 8 | 'h' or '?' << 8 | 'l':
                SetPrivateModes((id & 0xFF) == 'h');
                break;
            default:
                if (!MoveSequence(id) && !EditSequence(id))
                    OtherSequence(id);
                break;
        }
    }
}
