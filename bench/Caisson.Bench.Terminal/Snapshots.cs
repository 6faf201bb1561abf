using System.Buffers;
using System.Globalization;
using Caisson.Terminals.Screen;

namespace Caisson.Bench.Terminal;

/// <summary>
/// For comparing with an emulator elsewhere (agreement.cjs). Standard input has lines "w BASE64" (output), "r COLUMNS ROWS" (another size), "n" (a new
/// screen) and "s", which is answered with the snapshot in BASE64.
/// </summary>
internal static class Snapshots
{
    private const int Scrollback = 1000;

    public static int Run(int columns, int rows)
    {
        var screen = new TerminalScreen(columns, rows, Scrollback);
        while (Console.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["n"]:
                    screen = new TerminalScreen(columns, rows, Scrollback);
                    break;
                case ["w", var output]:
                    screen.Write(Convert.FromBase64String(output));
                    break;
                case ["r", var width, var height]:
                    screen.Resize(int.Parse(width, CultureInfo.InvariantCulture), int.Parse(height, CultureInfo.InvariantCulture));
                    break;
                case ["s"]:
                    var snapshot = new ArrayBufferWriter<byte>();
                    Snapshot.Write(screen, snapshot, SnapshotPart.Full);
                    Console.WriteLine(Convert.ToBase64String(snapshot.WrittenSpan));
                    break;
            }
        }
        return 0;
    }
}
