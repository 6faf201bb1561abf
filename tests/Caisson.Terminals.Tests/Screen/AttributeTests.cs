using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Tests.Screen;

public sealed class AttributeTests
{
    private static Pen PenOf(string sequences) => Given.Screen(sequences + "x").main.Rows[0].Cells[0].Pen;

    [Theory]
    [InlineData("\e[31m", Pen.Of16 | 1)]
    [InlineData("\e[97m", Pen.Of16 | 15)]
    [InlineData("\e[38;5;200m", Pen.Of256 | 200)]
    [InlineData("\e[38:5:200m", Pen.Of256 | 200)]
    [InlineData("\e[38;2;1;2;3m", Pen.Rgb | 0x010203)]
    [InlineData("\e[38:2::1:2:3m", Pen.Rgb | 0x010203)]
    [InlineData("\e[31;39m", 0)]
    [InlineData("\e[1m", Pen.Bold)]
    [InlineData("\e[2m", Pen.Faint)]
    [InlineData("\e[1;2;22m", 0)]
    [InlineData("\e[3m", Pen.Italic)]
    [InlineData("\e[7m", Pen.Inverse)]
    [InlineData("\e[8m", Pen.Hidden)]
    [InlineData("\e[9m", Pen.Strike)]
    [InlineData("\e[3;7;8;9;23;27;28;29m", 0)]
    [InlineData("\e[1;31m\e[m", 0)]
    public void BesideTheForeground(string sequences, uint expected) => PenOf(sequences).Foreground.ShouldBe(expected);

    [Theory]
    [InlineData("\e[42m", Pen.Of16 | 2)]
    [InlineData("\e[104m", Pen.Of16 | 12)]
    [InlineData("\e[48;5;7m", Pen.Of256 | 7)]
    [InlineData("\e[48;2;255;0;1m", Pen.Rgb | 0xFF0001)]
    [InlineData("\e[42;49m", 0)]
    [InlineData("\e[5m", Pen.Blink)]
    [InlineData("\e[53m", Pen.Overline)]
    [InlineData("\e[5;53;25;55m", 0)]
    [InlineData("\e[4m", 1u << Pen.UnderlineShift)]
    [InlineData("\e[21m", 2u << Pen.UnderlineShift)]
    [InlineData("\e[4:3m", 3u << Pen.UnderlineShift)]
    [InlineData("\e[4:5m", 5u << Pen.UnderlineShift)]
    [InlineData("\e[4:3m\e[4:0m", 0)]
    [InlineData("\e[4m\e[24m", 0)]
    [InlineData("\e[1\"q", Pen.Protected)]
    [InlineData("\e[1\"q\e[2\"q", 0)]
    public void BesideTheBackground(string sequences, uint expected) => PenOf(sequences).Background.ShouldBe(expected);

    [Fact]
    public void UnderlinesHaveAColour()
    {
        var screen = Given.Screen("\e[4;58:2::1:2:3mx\e[59my");
        var cells = screen.main.Rows[0].Cells;
        screen.ExtensionOf(cells[0].Pen.Extension).UnderlineColour.ShouldBe(Pen.Rgb | 0x010203);
        screen.ExtensionOf(cells[1].Pen.Extension).UnderlineColour.ShouldBe(0u);
    }

    [Fact]
    public void LinksBelongToCells()
    {
        var screen = Given.Screen("\e]8;id=7;https://example.org/a;b\alink\e]8;;\a.");
        var cells = screen.main.Rows[0].Cells;
        screen.LinkOf(screen.ExtensionOf(cells[0].Pen.Extension).Link).ShouldBe(new Link("7", "https://example.org/a;b"));
        cells[4].Pen.Extension.ShouldBe(0u);
    }

    [Fact]
    public void WhatIsErasedTakesTheBackground()
    {
        var cells = Given.Screen("\e[1;44mabc\e[2G\e[K").main.Rows[0].Cells;
        cells[0].Pen.Foreground.ShouldBe(Pen.Bold);
        cells[1].ShouldBe(Cell.Erased(Pen.Of16 | 4));
    }

    [Fact]
    public void EndlessNewLinks_TakeNoEndlessMemory()
    {
        var screen = Given.Screen("");
        for (var i = 0; i < 10_000; i++)
            screen.Say($"\e]8;;https://example.org/{i}\aX\e]8;;\a\r");
        screen.LinkCount.ShouldBeLessThanOrEqualTo(4096);
        screen.Say("\e]8;;https://example.org/last\aX");
        screen.LinkOf(screen.ExtensionOf(screen.main.Rows[0].Cells[0].Pen.Extension).Link).Target.ShouldBe("https://example.org/last");
    }

    [Fact]
    public void EndlessNewClusters_TakeNoEndlessMemory()
    {
        var screen = Given.Screen("");
        for (var i = 0; i < 200_000; i++)
            screen.Say($"{(char)(0x4E00 + i % 20_000)}{(char)(0x300 + i / 20_000)}\r");
        screen.ClusterCount.ShouldBeLessThanOrEqualTo(1 << 16);
        screen.Say("e\u0301");
        screen.GetLine(0).ShouldBe("e\u0301");
    }

    [Fact]
    public void EndlessMarksOnACharacter_AreCut()
    {
        var screen = Given.Screen("e" + new string('\u0301', 1000));
        screen.GetLine(0).Length.ShouldBe(32);
    }

    [Theory]
    [InlineData("\e[?1000h", MouseTracking.Buttons)]
    [InlineData("\e[?1000h\e[?1003h", MouseTracking.AnyMotion)]
    [InlineData("\e[?9h", MouseTracking.X10)]
    [InlineData("\e[?1002h\e[?1002l", MouseTracking.None)]
    public void TracksTheMouse(string output, MouseTracking tracking) => Given.Screen(output).MouseTracking.ShouldBe(tracking);

    [Fact]
    public void KeepsModes()
    {
        var screen = Given.Screen("\e[?1;25;1004;2004;2026h\e[?25l\e[?1006h\e=\e[5 q");
        screen.Modes.ShouldBe(
            ScreenModes.AutoWrap
                | ScreenModes.ApplicationCursorKeys
                | ScreenModes.FocusEvents
                | ScreenModes.BracketedPaste
                | ScreenModes.SynchronizedOutput
                | ScreenModes.ApplicationKeypad
        );
        screen.MouseEncoding.ShouldBe(MouseEncoding.Sgr);
        screen.CursorStyle.ShouldBe(5);
        screen.Say("\ec");
        screen.Modes.ShouldBe(ScreenModes.Default);
    }
}
