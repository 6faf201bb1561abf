using System.Text;
using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Recordings;

/// <summary>Plays a recording onto a screen model, as fast as it goes.</summary>
public sealed class CastPlayer(int columns, int rows, int scrollback = 10_000)
{
    public TerminalScreen Screen { get; } = new(columns, rows, scrollback);

    public void Play(CastEvent next)
    {
        if (next.Code == CastEvent.Output)
            Screen.Write(Encoding.UTF8.GetBytes(next.Data));
        else if (
            next.Size
            is
                (
                    >= TerminalScreen.MinimumColumns
                        and <= TerminalScreen.MaximumColumns,
                    >= TerminalScreen.MinimumRows
                        and <= TerminalScreen.MaximumRows
                )
                and var (width, height)
        )
            Screen.Resize(width, height);
        // Nobody waits for answers here, nor for titles.
        Screen.TakeReplies();
        Screen.TakeEvents();
    }

    /// <summary>History and screen as lines, without the empty ones at the end.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = new List<string>();
        for (var line = 0; line < Screen.ScrollbackCount + Screen.Rows; line++)
            lines.Add(Screen.GetLine(line).TrimEnd());
        while (lines is [.., ""])
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
