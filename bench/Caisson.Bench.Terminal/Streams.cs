using System.Globalization;
using System.Text;

namespace Caisson.Bench.Terminal;

/// <summary>Output as programs write it: a coloured listing, the log of a build, a full-screen program that draws itself again and again.</summary>
internal static class Streams
{
    public static IEnumerable<(string Name, byte[] Unit)> All =>
        [("listing", Listing()), ("build-log", BuildLog()), ("redraw", Redraw()), ("plain", Plain()), ("cjk", Wide())];

    public static byte[] Repeat(byte[] unit, int atLeast)
    {
        var data = new byte[(atLeast + unit.Length - 1) / unit.Length * unit.Length];
        for (var at = 0; at < data.Length; at += unit.Length)
            unit.CopyTo(data, at);
        return data;
    }

    private static byte[] Listing()
    {
        var text = new StringBuilder();
        string[] colours = ["\e[0m\e[01;34m", "\e[01;32m", "\e[01;36m", "\e[01;31m", ""];
        for (var i = 0; i < 500; i++)
        {
            var colour = colours[i % colours.Length];
            text.Append(CultureInfo.InvariantCulture, $"{colour}package-{i:D4}.d.ts{(colour.Length > 0 ? "\e[0m" : "")}  ");
            if (i % 5 == 4)
                text.Append("\r\n");
            if (i % 50 == 49)
                text.Append(CultureInfo.InvariantCulture, $"\r\n./node_modules/some-module-{i}/dist/lib:\r\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] BuildLog()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\r\e[K\e[0m\e[0m\e[1m\e[32m   Compiling\e[0m crate-number-{i} v{i % 7}.{i % 13}.{i % 29}\r\n\e[0m\e[0m\e[1m\e[36m    Building\e[0m [{new string('=', i % 25)}> ] {i}/300: serde, tokio"
            );
            if (i % 10 == 0)
                text.Append(
                    "\r\e[K\e[0m\e[1m\e[33mwarning\e[0m\e[0m\e[1m: unused variable: `x`\e[0m\r\n \e[0m\e[1m\e[38;5;12m--> \e[0m\e[0msrc/main.rs:4:9\e[0m\r\n"
                );
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Redraw()
    {
        var text = new StringBuilder();
        for (var frame = 0; frame < 20; frame++)
        {
            text.Append("\e[?2026h\e[?25l\e[H");
            for (var row = 1; row <= 40; row++)
            {
                text.Append(CultureInfo.InvariantCulture, $"\e[{row};1H\e[38;2;{row * 5};{frame * 9};180m│\e[39m \e[1mTask {row}\e[22m");
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"\e[{row};30H\e[48;5;{16 + (row + frame) % 200}m some text of the pane number {frame} \e[49m\e[K"
                );
            }
            text.Append("\e[?25h\e[?2026l");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Plain()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 400; i++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{i} the quick brown fox jumps over the lazy dog, and then over {i * 37 % 101} others\r\n"
            );
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Wide()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 400; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i} 端末の画面モデルは正しくなければならない 한국어 e\u0301\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
