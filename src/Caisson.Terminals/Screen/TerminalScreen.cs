namespace Caisson.Terminals.Screen;

/// <summary>
/// What a terminal shows, computed from the bytes its programs wrote: the server's true model, which viewers' emulators are made equal to.
/// </summary>
/// <remarks>
/// Behaves as xterm.js 6 does with the Unicode 11 addon, also where that differs from other terminals: viewers draw with it, and only a model that moves
/// as they do stays equal to them (docs/terminal-emulation.md). No I/O, no clock: the state is a function of the bytes and the sizes alone, however the
/// bytes are cut. No input makes it throw. Not safe for use by several threads at once.
/// </remarks>
public sealed partial class TerminalScreen
{
    public const int MinimumColumns = 2;
    public const int MaximumColumns = 1000;
    public const int MinimumRows = 1;
    public const int MaximumRows = 500;
    public const int MaximumScrollback = 100_000;

    internal readonly ScreenBuffer main;
    internal readonly ScreenBuffer alternate;
    internal ScreenBuffer active;
    private int x;
    private int y;
    internal Pen pen;
    internal Charsets charsets = Charsets.Default;
    private ushort[]? charset;
    private ScreenModes modes = ScreenModes.Default;

    /// <summary>Cells of the character that was printed just now (1 or 2): what combines joins it, REP repeats it. 0 after anything else.</summary>
    internal int preceding;

    /// <param name="scrollbackLines">Lines kept above the screen, 0 to 100,000.</param>
    public TerminalScreen(int columns, int rows, int scrollbackLines = 10_000)
    {
        CheckSize(columns, rows);
        ArgumentOutOfRangeException.ThrowIfNegative(scrollbackLines);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scrollbackLines, MaximumScrollback);
        Columns = columns;
        Rows = rows;
        main = new ScreenBuffer(columns, rows, new Scrollback(scrollbackLines));
        alternate = new ScreenBuffer(columns, rows, scrollback: null);
        active = main;
        parameters.Reset();
    }

    /// <summary>2 to 1,000.</summary>
    public int Columns { get; private set; }

    /// <summary>1 to 500.</summary>
    public int Rows { get; private set; }

    public string Title { get; private set; } = "";

    public string IconTitle { get; private set; } = "";

    /// <summary>The URL of the directory that the shell last said it is in (OSC 7), or empty.</summary>
    public string WorkingDirectory { get; private set; } = "";

    public ScreenModes Modes => modes;

    public MouseTracking MouseTracking { get; private set; }

    public MouseEncoding MouseEncoding { get; private set; }

    /// <summary>The parameter of DECSCUSR: 0 the viewer's own, 1 and 2 block, 3 and 4 underline, 5 and 6 bar; odd ones blink.</summary>
    public int CursorStyle { get; private set; }

    /// <summary>Lines above the screen.</summary>
    public int ScrollbackCount => main.Scrollback!.Count;

    public int ScrollbackLimit => main.Scrollback!.MaximumLines;

    /// <summary>0-based; equal to <see cref="Columns"/> when the last column is written and the next character will wrap.</summary>
    public int CursorColumn => x;

    /// <summary>0-based, from the top of the screen.</summary>
    public int CursorRow => y;

    /// <summary>Colours for answers to colour queries.</summary>
    public ScreenColours Colours { get; set; } = ScreenColours.Default;

    internal static void CheckSize(int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, MinimumColumns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, MaximumColumns);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, MinimumRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaximumRows);
    }

    private bool Is(ScreenModes mode) => (modes & mode) != ScreenModes.None;

    private void Set(ScreenModes mode, bool on) => modes = on ? modes | mode : modes & ~mode;

    private Row CurrentRow => active.Rows[y];

    /// <summary>What erasing leaves now.</summary>
    private Cell Blank => Cell.Erased(pen.Background);

    /// <summary>RIS: as new, but for titles, directory and colours.</summary>
    private void Reset()
    {
        main.Scrollback!.Clear();
        main.Clear(Columns, Cell.Erased(0));
        main.Saved = default;
        alternate.Clear(Columns, Cell.Erased(0));
        alternate.Saved = default;
        active = main;
        x = y = 0;
        pen = default;
        SetCharsets(Charsets.Default);
        modes = ScreenModes.Default;
        MouseTracking = MouseTracking.None;
        MouseEncoding = MouseEncoding.Default;
        CursorStyle = 0;
        preceding = 0;
        titles.Clear();
        iconTitles.Clear();
    }

    /// <summary>DECSTR.</summary>
    private void SoftReset()
    {
        active.Top = 0;
        active.Bottom = Rows - 1;
        pen = default;
        modes =
            ScreenModes.Default
            | modes & (ScreenModes.NewLine | ScreenModes.AlternateScreen | ScreenModes.CursorBlink | ScreenModes.ReverseVideo);
        CursorStyle = 0;
        SetCharsets(Charsets.Default);
        active.Saved = default;
    }
}
