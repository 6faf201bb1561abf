using System.Text;
using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Tests.Screen;

public sealed class PrintingTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("a\r\nb\nc", "a|b| c")]
    [InlineData("0123456789AB", "0123456789|AB")]
    [InlineData("0123456789\rX", "X123456789")]
    [InlineData("\e[?7l0123456789AB", "012345678B")]
    [InlineData("abc\e[4h\rX", "Xabc")]
    [InlineData("a\tb", "a       b")]
    [InlineData("ab\bX", "aX")]
    [InlineData("a\e[3b", "aaaa")]
    [InlineData("\e(0lqk\e(Bl", "┌─┐l")]
    [InlineData("\e)0a\x0eq\x0fq", "a─q")]
    [InlineData("\e(K[\\]", "ÄÖÜ")]
    [InlineData("\e[20ha\nb", "a|b")]
    public void Prints(string output, string text) => Given.Screen(output).Text().ShouldBe(text);

    [Theory]
    [InlineData("世界", "世界", 4)]
    [InlineData("e\u0301x", "e\u0301x", 2)]
    [InlineData("012345678世", "012345678|世", 2)]
    [InlineData("👩\u200D🚀", "👩\u200D🚀", 4)]
    [InlineData("世\e[2GX", " X", 2)]
    [InlineData("世\rX", "X", 1)]
    public void KeepsCellsInColumns(string output, string text, int column)
    {
        var screen = Given.Screen(output);
        screen.Text().ShouldBe(text);
        screen.CursorColumn.ShouldBe(column);
    }

    [Fact]
    public void AWrapWaitsForTheNextCharacter()
    {
        var screen = Given.Screen("0123456789");
        screen.CursorRow.ShouldBe(0);
        screen.CursorColumn.ShouldBe(10);
        screen.Say("A");
        screen.CursorRow.ShouldBe(1);
        screen.IsWrapped(1).ShouldBeTrue();
    }

    [Fact]
    public void LinesThatLeaveTheTopAreHistory()
    {
        var screen = Given.Screen("1\r\n2\r\n3\r\n4\r\n5\r\n6");
        screen.History().ShouldBe("1|2");
        screen.Text().ShouldBe("3|4|5|6");
    }

    [Fact]
    public void AFullHistoryLosesItsOldestLines()
    {
        var screen = new TerminalScreen(10, 2, scrollbackLines: 3);
        for (var i = 0; i < 1000; i++)
            screen.Say($"line {i}\r\n");
        screen.History().ShouldBe("line 996|line 997|line 998");
    }

    [Fact]
    public void AFullHistoryTakesNewLinesWithoutAllocating()
    {
        var screen = new TerminalScreen(80, 24, scrollbackLines: 200);
        var output = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("\e[1;32mok\e[0m 世界 e\u0301 \e[38;2;1;2;3mcolour\e[m and text that is longer\r\n", 500))
        );
        for (var i = 0; i < 3; i++)
            screen.Write(output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        screen.Write(output);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void BytesThatAreNoCharacterLeaveNoTrace()
    {
        var screen = new TerminalScreen(10, 4);
        screen.Write([0xFF, (byte)'a', 0xE4, 0xB8, (byte)'b', 0xC0, 0x80, 0xED, 0xA0, 0x80, (byte)'c']);
        screen.Text().ShouldBe("abc");
    }
}
