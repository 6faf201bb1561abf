using System.Buffers;
using System.Text;
using Caisson.Terminals.Screen;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Terminals.Tests.Screen;

public sealed class CheckpointTests
{
    private static readonly byte[] Corpus = Encoding.UTF8.GetBytes(
        "plain text that wraps at the end of the line\r\n世界 e\u0301 👩\u200D🚀\e[1;4:3;38;2;1;2;3;58:5:9mstyled\e[0m\e(0qqq\e(B"
            + "\e]2;a title\e\\\e]8;id=1;https://example.org\alink\e]8;;\a\e]4;1;#fff\a\e[2;4r\e[?6h\e7\e[?6l\e[r\e[3g\e[5G\eH"
            + "\e[?1049h\e[?2004;1003;1006hfull screen\e[?25l\e[2;2H\e[c\eP$qr\e\\\e]52;c;aGk=\a\e[?1049l\e[6n\e[3 q\e[22t\e[4;\n20h\ebroken\e[38:2"
    );

    [Fact]
    public void AtEveryCut_TheLoadedScreenGoesOnAsTheSavedOne()
    {
        for (var cut = 0; cut <= Corpus.Length; cut++)
            Continues(Corpus, cut);
    }

    [Fact]
    public void AtAnyCutOfAnyOutput_TheLoadedScreenGoesOnAsTheSavedOne() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(
                RandomOutput.Arbitrary,
                random =>
                {
                    var step = Math.Max(1, random.Bytes.Length / 10);
                    for (var cut = random.Bytes.Length % step; cut <= random.Bytes.Length; cut += step)
                        Continues(random.Bytes, cut);
                }
            )
        );

    private static void Continues(byte[] output, int cut)
    {
        var original = new TerminalScreen(12, 5, scrollbackLines: 20);
        original.Write(output.AsSpan(0, cut));
        Checkpoint.TryLoad(Save(original), out var loaded).ShouldBeTrue();
        ScreenState.Of(loaded).ShouldBe(ScreenState.Of(original));
        original.Write(output.AsSpan(cut));
        loaded.Write(output.AsSpan(cut));
        ScreenState.Of(loaded).ShouldBe(ScreenState.Of(original), $"after a cut at {cut}");
        loaded.ReplyOffset.ShouldBe(original.ReplyOffset);
        loaded.TakeReplies().ShouldBe(original.TakeReplies());
        loaded.TakeEvents().ShouldBe(original.TakeEvents());
    }

    [Fact]
    public void WhatIsDamaged_IsRefused()
    {
        var screen = new TerminalScreen(12, 5);
        screen.Write(Corpus);
        var saved = Save(screen);
        for (var at = 0; at < saved.Length; at++)
        {
            var damaged = (byte[])saved.Clone();
            damaged[at] ^= 0x10;
            Checkpoint.TryLoad(damaged, out var loaded).ShouldBeFalse($"byte {at}");
            loaded.ShouldBeNull();
        }
        for (var length = 0; length < saved.Length; length += 7)
            Checkpoint.TryLoad(saved.AsSpan(0, length), out _).ShouldBeFalse();
        Checkpoint.TryLoad([.. saved, 0], out _).ShouldBeFalse();
    }

    [Fact]
    public void AReplayFromACheckpoint_SaysHowManyAnswersWereAlreadySent()
    {
        var original = Given.Screen("\e[c");
        var saved = Save(original);
        original.Say("\e[5n");
        var sent = original.ReplyOffset;
        Checkpoint.TryLoad(saved, out var loaded).ShouldBeTrue();
        loaded.Say("\e[5n");
        loaded.ReplyOffset.ShouldBe(sent);
    }

    private static byte[] Save(TerminalScreen screen)
    {
        var output = new ArrayBufferWriter<byte>();
        Checkpoint.Save(screen, output);
        return output.WrittenSpan.ToArray();
    }
}
