namespace Caisson.Terminals.Tests.Screen;

public sealed class SequenceTests
{
    private const string Four = "aaaa\r\nbbbb\r\ncccc\r\ndddd";

    [Theory]
    [InlineData("\e[2;3HX", "|  X")]
    [InlineData("\e[3;3f\e[AX", "|  X")]
    [InlineData("\e[BX", "|X")]
    [InlineData("\e[3CX\e[2DY", "  YX")]
    [InlineData("ab\e[EX", "ab|X")]
    [InlineData("\r\nab\e[FX", "X|ab")]
    [InlineData("\e[5GX\e[2`Y", " Y  X")]
    [InlineData("a\e[3dX", "a|| X")]
    [InlineData("\e[2eX\e[2aY", "||X  Y")]
    [InlineData("\e[IX\e[ZY", "        Y")]
    [InlineData("\e[4G\eH\r\tX", "   X")]
    [InlineData("\e[3g\tX", "         X")]
    [InlineData("ab\e7\e[3;3HX\e8Y", "abY||  X")]
    [InlineData("ab\e[s\e[3;3HX\e[uY", "abY||  X")]
    [InlineData("\e[99;99HX", "|||         X")]
    [InlineData("\e[2;3r\e[?6hX", "|X")]
    [InlineData("\eDX\eMY\eEZ", " Y|Z")]
    public void Moves(string output, string text) => Given.Screen(output).Text().ShouldBe(text);

    [Theory]
    [InlineData("\e[2;3H\e[J", "aaaa|bb")]
    [InlineData("\e[2;3H\e[1J", "|   b|cccc|dddd")]
    [InlineData("\e[2J", "")]
    [InlineData("\e[2;3H\e[K", "aaaa|bb|cccc|dddd")]
    [InlineData("\e[2;3H\e[1K", "aaaa|   b|cccc|dddd")]
    [InlineData("\e[2;3H\e[2K", "aaaa||cccc|dddd")]
    [InlineData("\e[2;2H\e[2X", "aaaa|b  b|cccc|dddd")]
    [InlineData("\e[2;2H\e[2@", "aaaa|b  bbb|cccc|dddd")]
    [InlineData("\e[2;2H\e[2P", "aaaa|bb|cccc|dddd")]
    [InlineData("\e[2H\e[L", "aaaa||bbbb|cccc")]
    [InlineData("\e[2H\e[M", "aaaa|cccc|dddd")]
    [InlineData("\e[S", "bbbb|cccc|dddd")]
    [InlineData("\e[2T", "||aaaa|bbbb")]
    [InlineData("\e[2;3r\e[S", "aaaa|cccc||dddd")]
    [InlineData("\e[2;3r\e[3H\n", "aaaa|cccc||dddd")]
    [InlineData("\e[2;3r\e[2H\eM", "aaaa||bbbb|dddd")]
    [InlineData("\e[2;3r\e[L", "aaaa|bbbb|cccc|dddd")]
    [InlineData("\e[2 @", "aa|bb|cc|dd")]
    [InlineData("\e[2 A", "  aaaa|  bbbb|  cccc|  dddd")]
    [InlineData("\e[1;2H\e[2'}", "a  aaa|b  bbb|c  ccc|d  ddd")]
    [InlineData("\e[1;2H\e[2'~", "aa|bb|cc|dd")]
    [InlineData("\e[H\e[1\"qPP\e[0\"qqq\e[?2K", "PP|bbbb|cccc|dddd")]
    [InlineData("\e[H\e[1\"qP\e[0\"q\e[?2J", "P")]
    [InlineData("\e#8", "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE")]
    [InlineData("\ec", "")]
    public void Edits(string output, string text) => Given.Screen(Four + output).Text().ShouldBe(text);

    [Theory]
    [InlineData("\e[31\x18X", "X")]
    [InlineData("\e[31\x1aX", "X")]
    [InlineData("\e[31\e[1CX", " X")]
    [InlineData("\e]0;title\x18X", "X")]
    [InlineData("\u009b2CX", "  X")]
    [InlineData("\eP1;2|sixel or so\e\\X", "X")]
    [InlineData("\e_G payload\e\\X", "X")]
    [InlineData("\e^private\e\\X", "X")]
    [InlineData("\e]1337;File=inline=1:AAAA\aX", "X")]
    [InlineData("\ePq#0;2;0;0;0~~\u009cX", "X")]
    [InlineData("a\e[3\nCX", "a|    X")]
    [InlineData("\e[<;>mX", "X")]
    [InlineData("\e[1:2:3zX", "X")]
    public void SkipsWhatIsBroken_OrNotForTheScreen(string output, string text) => Given.Screen(output).Text().ShouldBe(text);

    [Fact]
    public void TheAlternateScreenLeavesTheMainOneAlone()
    {
        var screen = Given.Screen("main\e[?1049h");
        screen.Text().ShouldBe("");
        screen.Say("\e[Halt");
        screen.Text().ShouldBe("alt");
        screen.Say("\e[?1049lX");
        screen.Text().ShouldBe("mainX");
        screen.Say("\e[?1049h");
        screen.Text().ShouldBe("");
    }

    [Fact]
    public void TheAlternateScreenHasNoHistory() => Given.Screen("\e[?1049h1\n2\n3\n4\n5\n6").History().ShouldBe("");

    [Fact]
    public void ClearingTheHistoryLeavesTheScreen()
    {
        var screen = Given.Screen("1\r\n2\r\n3\r\n4\r\n5\e[3J");
        screen.ScrollbackCount.ShouldBe(0);
        screen.Text().ShouldBe("2|3|4|5");
    }
}
