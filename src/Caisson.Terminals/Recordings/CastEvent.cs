using System.Runtime.InteropServices;

namespace Caisson.Terminals.Recordings;

/// <summary>One event of a recording, as asciicast has them.</summary>
/// <param name="Time">Since the recording's start.</param>
/// <param name="Code"><c>o</c> output, <c>i</c> input, <c>r</c> another size (<c>80x24</c>), <c>m</c> a mark, <c>x</c> the end (its exit code).</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CastEvent(TimeSpan Time, char Code, string Data)
{
    public const char Output = 'o';
    public const char Input = 'i';
    public const char Resize = 'r';
    public const char Mark = 'm';
    public const char Exit = 'x';

    /// <summary>The size of a resize event; null where it is none.</summary>
    public (int Columns, int Rows)? Size =>
        Code == Resize
        && Data.IndexOf('x', StringComparison.Ordinal) is > 0 and var at
        && int.TryParse(Data.AsSpan(0, at), out var columns)
        && int.TryParse(Data.AsSpan(at + 1), out var rows)
            ? (columns, rows)
            : null;
}
