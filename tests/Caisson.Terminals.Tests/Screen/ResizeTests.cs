using Caisson.Terminals.Screen;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Terminals.Tests.Screen;

public sealed class ResizeTests
{
    [Theory]
    [InlineData("0123456789abc\r\n", 5, 4, "01234|56789|abc")]
    [InlineData("0123456789abc\r\n", 20, 4, "0123456789abc")]
    [InlineData("0123456789abc\r\nx\r\n", 13, 4, "0123456789abc|x")]
    [InlineData("世界世界世界\r\n", 5, 4, "世界|世界|世界")]
    [InlineData("short\r\nlines\r\n", 7, 4, "short|lines")]
    [InlineData("one\r\ntwo", 10, 2, "one|two")]
    [InlineData("one\r\ntwo\r\nthree\r\nfour", 10, 2, "three|four")]
    [InlineData("one", 10, 8, "one")]
    public void LaysOutWrappedLines(string output, int columns, int rows, string text)
    {
        var screen = Given.Screen(output);
        screen.Resize(columns, rows);
        screen.Text().ShouldBe(text);
        screen.Columns.ShouldBe(columns);
        screen.Rows.ShouldBe(rows);
    }

    [Fact]
    public void LaysOutTheHistory()
    {
        var screen = Given.Screen("0123456789abcdefghij0123456789\r\n1\r\n2\r\n3\r\n4\r\n");
        screen.History().ShouldBe("0123456789|abcdefghij|0123456789|1");
        screen.Resize(15, 4);
        screen.History().ShouldBe("0123456789abcde|fghij0123456789|1");
        screen.Text().ShouldBe("2|3|4");
    }

    [Fact]
    public void TheLineOfTheCursorIsLeftToTheShell()
    {
        var screen = Given.Screen("0123456789abc");
        screen.Resize(20, 4);
        screen.Text().ShouldBe("0123456789|abc");
    }

    [Fact]
    public void ATallerScreenBringsHistoryBack()
    {
        var screen = Given.Screen("1\r\n2\r\n3\r\n4\r\n5\r\n6");
        screen.Resize(10, 6);
        screen.Text().ShouldBe("1|2|3|4|5|6");
        screen.CursorRow.ShouldBe(5);
        screen.ScrollbackCount.ShouldBe(0);
    }

    [Fact]
    public void TheAlternateScreenIsCut_AndTheMainOneLaidOutBehindIt()
    {
        var screen = Given.Screen("0123456789abc\r\n\e[?1049h\e[Halternate!\e[2Hsecond");
        screen.Resize(5, 4);
        screen.Text().ShouldBe("alter|secon");
        screen.Say("\e[?1049l");
        screen.Text().ShouldBe("01234|56789|abc");
    }

    [Fact]
    public void ARoundTripKeepsTheText()
    {
        var screen = new TerminalScreen(40, 10);
        for (var i = 0; i < 200; i++)
            screen.Say($"line {i} {new string((char)('a' + i % 26), i % 97)}\r\n");
        var before = Whole(screen);
        foreach (var (columns, rows) in new[] { (7, 10), (100, 3), (2, 50), (40, 10) })
            screen.Resize(columns, rows);
        Whole(screen).ShouldBe(before);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(1001, 5)]
    [InlineData(5, 0)]
    [InlineData(5, 501)]
    public void RefusesASizeThatNoScreenHas(int columns, int rows) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Given.Screen("").Resize(columns, rows));

    [Fact]
    public void AnyOutputBetweenAnySizes_LeavesAScreenThatASnapshotCanCarry() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(
                RandomOutput.Arbitrary,
                Gen.ArrayOf(Gen.Zip(Gen.Choose(2, 30), Gen.Choose(2, 12))).Resize(6).ToArbitrary(),
                (random, sizes) =>
                {
                    var screen = new TerminalScreen(12, 5, scrollbackLines: 20);
                    var piece = random.Bytes.Length / (sizes.Length + 1);
                    for (var i = 0; i < sizes.Length; i++)
                    {
                        screen.Write(random.Bytes.AsSpan(i * piece, piece));
                        screen.Resize(sizes[i].Item1, sizes[i].Item2);
                        var copy = new TerminalScreen(screen.Columns, screen.Rows, scrollbackLines: 20);
                        copy.Write(PropertyTests.SnapshotOf(screen, SnapshotPart.Full));
                        ScreenState.Of(copy).ShouldBe(ScreenState.Of(screen));
                    }
                }
            )
        );

    private static string Whole(TerminalScreen screen)
    {
        using var text = new StringWriter();
        screen.WriteText(text);
        return text.ToString();
    }
}
