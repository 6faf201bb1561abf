namespace Caisson.Terminals.Screen;

public enum ScreenEventKind
{
    /// <summary>Text: the new title.</summary>
    Title,

    Bell,

    /// <summary>Text: the URL of the directory that the shell says it is in (OSC 7).</summary>
    WorkingDirectory,

    /// <summary>Text: what a program wants on the clipboard (OSC 52). Nothing has been done with it.</summary>
    ClipboardWrite,

    /// <summary>Text: a message to the person (OSC 9, OSC 777).</summary>
    Notification,
}

/// <summary>Something that the output asked for beside text on the screen.</summary>
public readonly record struct ScreenEvent(ScreenEventKind Kind, string Text = "");
