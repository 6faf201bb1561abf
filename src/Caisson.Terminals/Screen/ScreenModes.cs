namespace Caisson.Terminals.Screen;

/// <summary>Everything that programs switch on and off.</summary>
[Flags]
public enum ScreenModes
{
    None = 0,

    /// <summary>IRM (4).</summary>
    Insert = 1,

    /// <summary>LNM (20): a line feed also returns the carriage.</summary>
    NewLine = 1 << 1,

    /// <summary>DECCKM (?1).</summary>
    ApplicationCursorKeys = 1 << 2,

    /// <summary>DECNKM (?66), DECKPAM.</summary>
    ApplicationKeypad = 1 << 3,

    /// <summary>DECSCNM (?5). Kept and reported; the viewer's emulator doesn't draw it.</summary>
    ReverseVideo = 1 << 4,

    /// <summary>DECOM (?6).</summary>
    Origin = 1 << 5,

    /// <summary>DECAWM (?7).</summary>
    AutoWrap = 1 << 6,

    /// <summary>?45.</summary>
    ReverseWrap = 1 << 7,

    /// <summary>DECTCEM (?25).</summary>
    CursorVisible = 1 << 8,

    /// <summary>?12.</summary>
    CursorBlink = 1 << 9,

    /// <summary>?1004.</summary>
    FocusEvents = 1 << 10,

    /// <summary>?2004.</summary>
    BracketedPaste = 1 << 11,

    /// <summary>?2026.</summary>
    SynchronizedOutput = 1 << 12,

    /// <summary>?47, ?1047, ?1049.</summary>
    AlternateScreen = 1 << 13,

    Default = AutoWrap | CursorVisible,
}

/// <summary>Which movements of the mouse the program wants to hear of.</summary>
public enum MouseTracking : byte
{
    None,

    /// <summary>?9.</summary>
    X10,

    /// <summary>?1000.</summary>
    Buttons,

    /// <summary>?1002.</summary>
    Drag,

    /// <summary>?1003.</summary>
    AnyMotion,
}

/// <summary>How it wants to hear it. UTF-8 (?1005) and urxvt (?1015) are answered as "permanently reset", as the viewer's emulator does.</summary>
public enum MouseEncoding : byte
{
    Default,

    /// <summary>?1006.</summary>
    Sgr,

    /// <summary>?1016.</summary>
    SgrPixels,
}
