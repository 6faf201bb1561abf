using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Tests.Screen;

public sealed class ReplyTests
{
    [Theory]
    [InlineData("\e[c", "ESC[?1;2c")]
    [InlineData("\e[>c", "ESC[>0;276;0c")]
    [InlineData("\e[5n", "ESC[0n")]
    [InlineData("ab\n\e[6n", "ESC[2;3R")]
    [InlineData("\e[?6n", "ESC[?1;1R")]
    [InlineData("0123456789\e[6n", "ESC[1;10R")]
    [InlineData("\e[2;3r\e[?6h\n\e[6n", "ESC[2;1R")]
    [InlineData("\e[18t", "ESC[8;4;10t")]
    [InlineData("\e[14t\e[16t", "ESC[4;80;100tESC[6;20;10t")]
    [InlineData("\e[>q", "ESCP>|xterm.js(6.0.0)ESC\\")]
    [InlineData("\e[?2004h\e[?2004$p", "ESC[?2004;1$y")]
    [InlineData("\e[?2026$p", "ESC[?2026;2$y")]
    [InlineData("\e[?4711$p", "ESC[?4711;0$y")]
    [InlineData("\e[4$p", "ESC[4;2$y")]
    [InlineData("\e[2;3r\eP$qr\e\\", "ESCP1$r2;3rESC\\")]
    [InlineData("\eP$q q\e\\", "ESCP1$r0 qESC\\")]
    [InlineData("\eP$qz\e\\", "ESCP0$rESC\\")]
    [InlineData("\e]11;?\a", "ESC]11;rgb:0000/0000/0000ESC\\")]
    [InlineData("\e]10;#102030\a\e]10;?\e\\", "ESC]10;rgb:1010/2020/3030ESC\\")]
    [InlineData("\e]4;1;rgb:ff/80/00;1;?\a", "ESC]4;1;rgb:ffff/8080/0000ESC\\")]
    [InlineData("\e]10;?;?\a", "ESC]10;rgb:ffff/ffff/ffffESC\\ESC]11;rgb:0000/0000/0000ESC\\")]
    [InlineData("\e[?u", "")]
    [InlineData("\e]52;c;?\a", "")]
    [InlineData("\e[21t", "")]
    public void Answers(string query, string reply) => Given.Answer(query).ShouldBe(reply);

    [Fact]
    public void CountsEveryByteOfItsAnswers()
    {
        var screen = Given.Screen("\e[c\e[5n");
        screen.ReplyOffset.ShouldBe(screen.TakeReplies().Length);
        screen.Say("\e[5n");
        screen.ReplyOffset.ShouldBe(7 + 4 + 4);
        screen.TakeReplies().Length.ShouldBe(4);
        screen.TakeReplies().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\e]0;hello\a", ScreenEventKind.Title, "hello")]
    [InlineData("\e]2;hé\e\\", ScreenEventKind.Title, "hé")]
    [InlineData("\a", ScreenEventKind.Bell, "")]
    [InlineData("\e]7;file://host/tmp/a%20b\a", ScreenEventKind.WorkingDirectory, "file://host/tmp/a%20b")]
    [InlineData("\e]52;c;aGVsbG8=\a", ScreenEventKind.ClipboardWrite, "hello")]
    [InlineData("\e]9;done\a", ScreenEventKind.Notification, "done")]
    [InlineData("\e]777;notify;Build;done\a", ScreenEventKind.Notification, "Build;done")]
    public void TellsWhatIsNotText(string output, ScreenEventKind kind, string text)
    {
        var screen = Given.Screen(output);
        screen.TakeEvents().ShouldBe([new ScreenEvent(kind, text)]);
        screen.TakeEvents().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\e]52;c;?\a")]
    [InlineData("\e]52;c;no base64!\a")]
    [InlineData("\e]9;4;1;50\a")]
    public void KeepsToItself(string output) => Given.Screen(output).TakeEvents().ShouldBeEmpty();

    [Fact]
    public void RefusesAClipboardOfMoreThan100KB()
    {
        var fits = Convert.ToBase64String(new byte[TerminalScreen.MaximumClipboard]);
        Given.Screen($"\e]52;c;{fits}\a").TakeEvents().Count.ShouldBe(1);
        var tooLong = Convert.ToBase64String(new byte[TerminalScreen.MaximumClipboard + 1]);
        Given.Screen($"\e]52;c;{tooLong}\a").TakeEvents().ShouldBeEmpty();
    }

    [Fact]
    public void KeepsTitlesOnAStack()
    {
        var screen = Given.Screen("\e]2;one\a\e[22t\e]2;two\a");
        screen.Title.ShouldBe("two");
        screen.Say("\e[23t");
        screen.Title.ShouldBe("one");
    }

    [Fact]
    public void APayloadOverItsLimitIsDroppedWhole()
    {
        var screen = Given.Screen($"\e]2;{new string('x', TerminalScreen.MaximumPayload)}\aok");
        screen.Title.ShouldBe("");
        screen.Text().ShouldBe("ok");
    }
}
