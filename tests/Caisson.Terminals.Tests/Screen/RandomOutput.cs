using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Terminals.Tests.Screen;

/// <summary>Output such as no program would write it: every sequence there is, in any order, with text of all widths and bytes that are no sequence.</summary>
internal sealed class RandomOutput(byte[][] pieces)
{
    private static readonly string[] Texts =
    [
        "a",
        "hello ",
        "0123456789",
        "the quick brown fox jumps over the lazy dog ",
        "世界",
        "e\u0301",
        "\u0301",
        "👩\u200D🚀",
        "\u00AD",
        "lqqk~",
    ];

    private static readonly string[] Sequences =
    [
        "\r",
        "\n",
        "\r\n",
        "\b",
        "\t",
        "\x0e",
        "\x0f",
        "\a",
        "\e7",
        "\e8",
        "\eD",
        "\eE",
        "\eH",
        "\eM",
        "\en",
        "\eo",
        "\e=",
        "\e>",
        "\e(0",
        "\e)A",
        "\e(B",
        "\e*K",
        "\e#8",
        "\e%G",
        "\u0085",
        "\u009b3A",
        "\e[!p",
        "\e[4h",
        "\e[4l",
        "\e[20h",
        "\e[20l",
        "\e[?6h",
        "\e[?6l",
        "\e[?7h",
        "\e[?7l",
        "\e[?45h",
        "\e[?25l",
        "\e[?1h",
        "\e[?5h",
        "\e[?66h",
        "\e[?1000h",
        "\e[?1003h",
        "\e[?1002l",
        "\e[?1006h",
        "\e[?1004h",
        "\e[?2004h",
        "\e[?2026h",
        "\e[?1049h",
        "\e[?1049l",
        "\e[?47h",
        "\e[?47l",
        "\e[?1048h",
        "\e[3g",
        "\e[s",
        "\e[u",
        "\e[r",
        "\e[2 q",
        "\e[1\"q",
        "\e[0\"q",
        "\e[0m",
        "\e[1;3;7m",
        "\e[4:3;58:2::1:2:3m",
        "\e[38;5;200;48;2;10;20;30m",
        "\e[41m",
        "\e[49m",
        "\e[22;24;27m",
        "\e[5;8;9;53m",
        "\e]2;title\a",
        "\e]1;icon\e\\",
        "\e[22t",
        "\e[23t",
        "\e]7;file:///tmp\a",
        "\e]8;id=x;https://example.org\a",
        "\e]8;;\a",
        "\e]4;3;#123456\a",
        "\e]104\a",
        "\e]11;rgb:1/2/3\a",
        "\e]133;A\a",
        "\e]133;D;0\a",
        "\e]52;c;aGk=\a",
        "\e[c",
        "\e[6n",
        "\e]11;?\a",
        "\e[?2004$p",
        "\eP$qm\e\\",
        "\ePq#0~~\e\\",
        "\e_x\e\\",
        "\e[3",
        "\e[?",
        "\e]0;never",
        "\eP1;2",
        "\x18",
        "\ec",
    ];

    private static readonly string[] Counted =
    [
        "@",
        "A",
        "B",
        "C",
        "D",
        "E",
        "F",
        "G",
        "I",
        "J",
        "K",
        "L",
        "M",
        "P",
        "S",
        "T",
        "X",
        "Z",
        "b",
        "d",
        "e",
        "g",
        " @",
        " A",
        "'}",
        "'~",
    ];

    private static readonly Gen<byte[]> Piece = Gen.Frequency(
        (8, Gen.Elements(Texts).Select(Encoding.UTF8.GetBytes)),
        (8, Gen.Elements(Sequences).Select(Encoding.UTF8.GetBytes)),
        (6, Numbered(Counted, 1)),
        (1, Numbered(["J", "K"], 1).Select(bytes => (byte[])[0x1B, (byte)'[', (byte)'?', .. bytes[2..]])),
        (3, Numbered(["H", "r", "f"], 2)),
        (1, Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value)))
    );

    /// <summary>Some hundred pieces; what fails is tried again with fewer.</summary>
    public static Arbitrary<RandomOutput> Arbitrary { get; } =
        Arb.From(Gen.ArrayOf(Piece).Resize(120).Select(pieces => new RandomOutput(pieces)), Fewer);

    public byte[] Bytes { get; } = [.. pieces.SelectMany(piece => piece)];

    public override string ToString() =>
        string.Concat(Encoding.Latin1.GetString(Bytes).Select(unit => unit is >= ' ' and <= '~' ? $"{unit}" : $"\\x{(int)unit:x2}"));

    private readonly byte[][] parts = pieces;

    private static IEnumerable<RandomOutput> Fewer(RandomOutput output)
    {
        for (var size = output.parts.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= output.parts.Length; at += size)
                yield return new RandomOutput([.. output.parts[..at], .. output.parts[(at + size)..]]);
        }
    }

    private static Gen<byte[]> Numbered(string[] finals, int parameters) =>
        from final in Gen.Elements(finals)
        from numbers in Gen.ArrayOf(Gen.Choose(0, 13), parameters)
        select Encoding.UTF8.GetBytes(
            $"\e[{string.Join(';', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}{final}"
        );
}
