using Caisson.Terminals.Wire;

namespace Caisson.Workspaces.Terminals;

/// <summary>A wish to see a terminal.</summary>
/// <param name="Key">Of an earlier view whose input goes on; null for a new one.</param>
/// <param name="Name">Who it is, for others to see.</param>
/// <param name="Window">Size of the viewer's window.</param>
/// <param name="Acknowledges">Whether it says what it has drawn.</param>
public sealed record ViewRequest(
    AttachFrom From,
    UInt128? Key,
    string Name,
    bool MayWrite,
    (int Columns, int Rows)? Window,
    bool Acknowledges
);

/// <summary>Why a view has ended.</summary>
public enum ViewEnd
{
    /// <summary>The terminal's program ended; EXIT was sent.</summary>
    Exited,

    /// <summary>The same viewer came back on another connection.</summary>
    Replaced,

    /// <summary>Nothing was drawn for 60 s.</summary>
    TooSlow,

    /// <summary>This server ends.</summary>
    Restart,
}
