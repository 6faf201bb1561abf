using System.Buffers;

namespace Caisson.Terminals.Screen;

/// <summary>How much of a terminal a snapshot is of.</summary>
public enum SnapshotPart
{
    /// <summary>What is visible, with its whole state, but no history: small, to be shown first.</summary>
    Screen,

    /// <summary>History, both grids and all state.</summary>
    Full,
}

/// <summary>Output that makes a fresh emulator, xterm.js or a <see cref="TerminalScreen"/>, equal to a screen.</summary>
/// <remarks>
/// It holds no query, so nothing answers. It also brings the parser where the screen's is: when the output was cut within a sequence or a character, the
/// snapshot ends with what there was of it, and the output goes on from its exact offset. Tried at every cut by tests.
/// </remarks>
public static class Snapshot
{
    public static void Write(TerminalScreen screen, IBufferWriter<byte> output, SnapshotPart part)
    {
        using var writer = new EscapeWriter(screen, output);
        screen.WriteSnapshot(writer, part);
    }
}
