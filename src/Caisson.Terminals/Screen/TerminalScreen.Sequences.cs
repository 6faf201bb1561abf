namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private bool MoveSequence(int id)
    {
        switch (id)
        {
            case 'A':
                Up(parameters.OrOne(0));
                break;
            case 'B':
                Down(parameters.OrOne(0));
                break;
            case 'C' or 'a':
                MoveBy(parameters.OrOne(0), 0);
                break;
            case 'D':
                MoveBy(-parameters.OrOne(0), 0);
                break;
            case 'E':
                Down(parameters.OrOne(0));
                x = 0;
                break;
            case 'F':
                Up(parameters.OrOne(0));
                x = 0;
                break;
            case 'G' or '`':
                ToColumn(parameters.OrOne(0) - 1);
                break;
            case 'd':
                MoveTo(x, parameters.OrOne(0) - 1);
                break;
            case 'e':
                MoveBy(0, parameters.OrOne(0));
                break;
            case 'I':
                Tabulate(parameters.OrOne(0));
                break;
            case 'Z':
                TabulateBack(parameters.OrOne(0));
                break;
            case 'g':
                ClearTabs(parameters[0]);
                break;
            case 'r':
                SetRegion(parameters.OrOne(0), parameters[1]);
                break;
            case 's':
                SaveCursor();
                break;
            case 'u':
                RestoreCursor();
                break;
            default:
                return false;
        }
        return true;
    }

    private bool EditSequence(int id)
    {
        var count = parameters.OrOne(0);
        switch (id)
        {
            case '@':
                InsertCharacters(count);
                break;
            case 'P':
                DeleteCharacters(count);
                break;
            case 'X':
                EraseCharacters(count);
                break;
            case 'L':
                InsertLines(count);
                break;
            case 'M':
                DeleteLines(count);
                break;
            case 'S':
                ScrollUp(count);
                break;
            case 'T':
                ScrollDown(count);
                break;
            case ' ' << 8 | '@':
                MoveColumns(0, count, right: false);
                break;
            case ' ' << 8 | 'A':
                MoveColumns(0, count, right: true);
                break;
            case '\'' << 8 | '}':
                MoveColumns(x, count, right: true);
                break;
            case '\'' << 8 | '~':
                MoveColumns(x, count, right: false);
                break;
            case 'b':
                Repeat(count);
                break;
            default:
                return false;
        }
        return true;
    }

    private void OtherSequence(int id)
    {
        switch (id)
        {
            case '!' << 8 | 'p':
                SoftReset();
                break;
            case ' ' << 8 | 'q':
                CursorStyle = parameters[0] <= 6 ? parameters[0] : CursorStyle;
                break;
            case '"' << 8 | 'q':
                if (parameters[0] is 0 or 1 or 2)
                    pen.Background = parameters[0] == 1 ? pen.Background | Pen.Protected : pen.Background & ~Pen.Protected;
                break;
            case 't':
                WindowOperation();
                break;
            default:
                Report(id);
                break;
        }
    }

    /// <summary>REP. More repeats than the screen has cells would only pass through it.</summary>
    private void Repeat(int count)
    {
        if (preceding == 0 || x < preceding)
            return;
        var codes = CodePoints(CurrentRow.Cells[x - preceding].Content).ToArray();
        for (count = Math.Min(count, Columns * Rows); count > 0; count--)
        {
            foreach (var code in codes)
                Print((int)code);
        }
    }
}
