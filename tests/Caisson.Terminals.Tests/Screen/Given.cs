using System.Text;
using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Tests.Screen;

/// <summary>Bytes in, text out.</summary>
internal static class Given
{
    public static TerminalScreen Screen(string output, int columns = 10, int rows = 4, int scrollback = 100)
    {
        var screen = new TerminalScreen(columns, rows, scrollback);
        screen.Say(output);
        return screen;
    }

    public static void Say(this TerminalScreen screen, string output) => screen.Write(Encoding.UTF8.GetBytes(output));

    /// <summary>The lines of the screen, '|' between them, blanks and empty lines at the ends left out.</summary>
    public static string Text(this TerminalScreen screen) => Lines(screen, screen.ScrollbackCount, screen.LineCount);

    public static string History(this TerminalScreen screen) => Lines(screen, 0, screen.ScrollbackCount);

    public static string Replies(this TerminalScreen screen) => Encoding.UTF8.GetString(screen.TakeReplies()).Replace("\e", "ESC");

    public static string Answer(string query) => Screen(query).Replies();

    private static string Lines(TerminalScreen screen, int from, int to) =>
        string.Join('|', Enumerable.Range(from, to - from).Select(screen.GetLine)).TrimEnd('|');
}
