using System.Text;
using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Tests.Screen;

/// <summary>Everything that a screen is, as text: two screens are equal when their texts are.</summary>
internal static class ScreenState
{
    public static string Of(TerminalScreen screen, bool history = true)
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"{screen.Columns}x{screen.Rows} cursor {screen.CursorColumn},{screen.CursorRow} preceding {screen.preceding} {screen.state}"
        );
        text.AppendLine($"{screen.Modes} {screen.MouseTracking} {screen.MouseEncoding} style {screen.CursorStyle}");
        text.AppendLine($"title {screen.Title} icon {screen.IconTitle} in {screen.WorkingDirectory}");
        text.AppendLine($"stacks {string.Join(',', screen.titles)} {string.Join(',', screen.iconTitles)}");
        text.AppendLine($"pen {Pen(screen, screen.pen)} sets {Sets(screen.charsets)}");
        text.AppendLine($"colours {string.Join(',', screen.setColours.Index().Where(pair => pair.Item >= 0))}");
        var row = new Row(screen.Columns, Cell.Erased(0));
        for (var line = 0; history && line < screen.ScrollbackCount; line++)
        {
            screen.main.Scrollback!.Read(line, row);
            Add(text, screen, row, "h");
        }
        Add(text, screen, screen.main, "main");
        if (screen.Modes.HasFlag(ScreenModes.AlternateScreen))
        {
            Add(text, screen, screen.alternate, "alternate");
            text.AppendLine($"main cursor {screen.main.Column},{screen.main.Line}");
        }
        text.AppendLine($"alternate saved {Saved(screen, screen.alternate.Saved)}");
        return text.ToString();
    }

    private static void Add(StringBuilder text, TerminalScreen screen, ScreenBuffer buffer, string name)
    {
        text.AppendLine($"{name} region {buffer.Top}-{buffer.Bottom} saved {Saved(screen, buffer.Saved)}");
        text.AppendLine($"tabs {string.Join(',', Enumerable.Range(0, screen.Columns).Where(column => buffer.Tabs[column]))}");
        foreach (var row in buffer.Rows)
            Add(text, screen, row, " ");
    }

    private static void Add(StringBuilder text, TerminalScreen screen, Row row, string name)
    {
        text.Append(name).Append(row.Wrapped ? '~' : ' ').Append(row.Marks).Append(' ');
        var pen = default(Pen);
        foreach (var cell in row.Cells)
        {
            if (cell.Pen != pen)
                text.Append('{').Append(Pen(screen, cell.Pen)).Append('}');
            pen = cell.Pen;
            text.Append(
                cell.HasContent ? string.Concat(screen.CodePoints(cell.Content).ToArray().Select(code => new Rune(code).ToString())) : "."
            );
            text.Append(cell.Width == 1 ? "" : $"/{cell.Width}");
        }
        text.AppendLine();
    }

    private static string Saved(TerminalScreen screen, SavedCursor saved) =>
        $"{saved.Column},{saved.Row} {Pen(screen, saved.Pen)} {saved.Origin} {saved.IsSet} {Sets(saved.Charsets)}";

    private static string Sets(Charsets sets) => $"{(char)sets.G0}{(char)sets.G1}{(char)sets.G2}{(char)sets.G3}{sets.Level}";

    private static string Pen(TerminalScreen screen, Pen pen)
    {
        var extension = screen.ExtensionOf(pen.Extension);
        var link = extension.Link == 0 ? default : screen.LinkOf(extension.Link);
        return $"{pen.Foreground:x}/{pen.Background:x}/{extension.UnderlineColour:x}/{link.Id}>{link.Target}";
    }
}
