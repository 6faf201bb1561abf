namespace Caisson.Terminals.Wire;

/// <summary>Why a view's WebSocket was closed.</summary>
public enum CloseCode
{
    /// <summary>The terminal's program ended with 0.</summary>
    Exited = 1000,

    /// <summary>An unknown opcode, a malformed frame, or ATTACH missing.</summary>
    Protocol = 1002,

    /// <summary>A text frame.</summary>
    NotBinary = 1003,

    /// <summary>A frame over 64 KiB.</summary>
    TooBig = 1009,

    /// <summary>The terminal's program ended with anything but 0.</summary>
    ExitedOtherwise = 4000,

    /// <summary>The server stops or restarts; the terminal lives on.</summary>
    Restart = 4001,

    /// <summary>The client asked for a version that is not spoken.</summary>
    Version = 4006,

    /// <summary>Nothing was acknowledged for 60 s.</summary>
    TooSlow = 4008,

    /// <summary>There is no such terminal, or not for this person.</summary>
    Gone = 4404,
}
