using System.Text;
using Caisson.Terminals.Screen;

namespace Caisson.Bench.Terminal;

/// <summary>
/// Runs a folder of "NAME.in" (bytes) and "NAME.text" (the screen that xterm shows for them at 80 by 25), as xterm.js keeps in
/// test/fixtures/escape_sequence_files. The files aren't ours to keep; say where they are.
/// </summary>
internal static class Conformance
{
    public static int Run(string folder)
    {
        var failed = new List<string>();
        var total = 0;
        foreach (var input in Directory.EnumerateFiles(folder, "*.in").Order(StringComparer.Ordinal))
        {
            total++;
            var screen = new TerminalScreen(80, 25);
            // There, the bytes go through a terminal that returns the carriage with each line feed (ONLCR), and a case ends with the screen's text.
            var bytes = Encoding.Latin1.GetString(File.ReadAllBytes(input)).Replace("\n", "\r\n");
            screen.Write(Encoding.Latin1.GetBytes(bytes));
            var got = new StringBuilder();
            for (var row = 0; row < screen.Rows; row++)
                got.Append(screen.GetLine(screen.ScrollbackCount + row).TrimEnd()).Append('\n');
            var wanted = string.Join(
                '\n',
                File.ReadAllText(Path.ChangeExtension(input, ".text")).Split('\n').Select(line => line.TrimEnd())
            );
            if (got.ToString() == wanted)
                continue;
            failed.Add(Path.GetFileNameWithoutExtension(input));
            Show(failed[^1], wanted.Split('\n'), got.ToString().Split('\n'));
        }
        Console.WriteLine($"{total - failed.Count} of {total}; not: {string.Join(", ", failed)}");
        return failed.Count == 0 ? 0 : 1;
    }

    private static void Show(string name, string[] wanted, string[] got)
    {
        Console.WriteLine(name);
        for (var i = 0; i < Math.Max(wanted.Length, got.Length); i++)
        {
            var (a, b) = (wanted.ElementAtOrDefault(i), got.ElementAtOrDefault(i));
            if (a != b)
                Console.WriteLine($"  line {i + 1}\n    wanted |{a}|\n    got    |{b}|");
        }
    }
}
