using System.Text;

namespace Caisson.Terminals.Recordings;

/// <summary>
/// The text in terminal output, line by line with the time at which each line began, for searching. Sequences are left out; what moves the cursor elsewhere begins a new line,
/// so that words from different places don't run together.
/// </summary>
public sealed class PlainText
{
    private const int LongestLine = 4096;
    private readonly StringBuilder _line = new();
    private TimeSpan _began;
    private State _state;

    private enum State
    {
        Text,
        Escape,
        Sequence,
        String,
        StringEscape,
    }

    /// <summary>Takes output; lines that it completes.</summary>
    public IEnumerable<(TimeSpan Time, string Line)> Take(CastEvent output)
    {
        foreach (var character in output.Data)
        {
            if (Next(character, output.Time) && _line.Length > 0)
            {
                yield return (_began, _line.ToString());
                _line.Clear();
            }
        }
    }

    /// <summary>The line that is not complete.</summary>
    public (TimeSpan Time, string Line) Rest => (_began, _line.ToString());

    /// <summary>Whether a line has ended.</summary>
    private bool Next(char character, TimeSpan time)
    {
        switch (_state)
        {
            case State.Escape:
                _state = character switch
                {
                    '[' => State.Sequence,
                    ']' or 'P' or 'X' or '^' or '_' => State.String,
                    >= ' ' and <= '/' => State.Escape,
                    _ => State.Text,
                };
                return false;
            case State.Sequence when character is >= '@' and <= '~':
                _state = State.Text;
                // Cursor to a place or another line; colours and erasing keep the line.
                return character is 'A' or 'B' or 'E' or 'F' or 'H' or 'd' or 'f';
            case State.Sequence:
                return false;
            case State.String:
                _state = character switch
                {
                    '\a' or '\u009c' => State.Text,
                    '\e' => State.StringEscape,
                    _ => State.String,
                };
                return false;
            case State.StringEscape:
                _state = State.Text;
                return false;
        }
        if (character == '\e')
            _state = State.Escape;
        else if (character is '\n' or '\r' || _line.Length >= LongestLine)
            return true;
        else if (character == '\b')
            _line.Length = Math.Max(0, _line.Length - 1);
        else if (!char.IsControl(character) || character == '\t')
        {
            if (_line.Length == 0)
                _began = time;
            _line.Append(character);
        }
        return false;
    }
}
