using System.Buffers;
using System.Text;
using Caisson.Terminals.Recordings;

namespace Caisson.Terminals.Tests.Recordings;

public sealed class CastWriterTests
{
    private static readonly DateTimeOffset s_started = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly CastEvent[] s_events =
    [
        new(TimeSpan.FromMilliseconds(500), CastEvent.Output, "a\u001b[1m\"ü\r\n"),
        new(TimeSpan.FromMilliseconds(1500), CastEvent.Resize, "100x30"),
        new(TimeSpan.FromMilliseconds(1750), CastEvent.Exit, "0"),
    ];

    [Fact]
    public void Version3_HasTimesSinceTheEventBefore() =>
        Write(CastFormat.V3)
            .ShouldBe(
                """
                {"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"timestamp":1700000000,"title":"shell"}
                [0.5,"o","a\u001B[1m\"ü\r\n"]
                [1,"r","100x30"]
                [0.25,"x","0"]

                """
            );

    [Fact]
    public void Version2_HasTimesSinceTheStart_AndNoEnd() =>
        Write(CastFormat.V2)
            .ShouldBe(
                """
                {"version":2,"width":80,"height":24,"timestamp":1700000000,"title":"shell","env":{"TERM":"xterm-256color"}}
                [0.5,"o","a\u001B[1m\"ü\r\n"]
                [1.5,"r","100x30"]

                """
            );

    [Fact]
    public void APart_CountsFromItsOwnBeginning()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CastWriter(output, CastFormat.V2);
        writer.Head(80, 24, s_started, "shell", TimeSpan.FromSeconds(1));
        writer.Write(s_events[1]);
        var lines = Encoding.UTF8.GetString(output.WrittenSpan).Split('\n');

        lines[0].ShouldContain("\"timestamp\":1700000001");
        lines[1].ShouldBe("""[0.5,"r","100x30"]""");
    }

    [Fact]
    public void Text_IsFoundAcrossPieces_WithTheTimeAtWhichItsLineBegan()
    {
        var text = new PlainText();
        var lines = new List<(TimeSpan, string)>();
        foreach (
            var (second, data) in new[] { (1, "hel\u001b[3"), (2, "1mlo\u001b]0;title\u0007 wor"), (3, "ld\r\nnext\u001b[5;1Hplace\b\bd") }
        )
            lines.AddRange(text.Take(new CastEvent(TimeSpan.FromSeconds(second), CastEvent.Output, data)));
        lines.Add(text.Rest);

        lines.ShouldBe([(TimeSpan.FromSeconds(1), "hello world"), (TimeSpan.FromSeconds(3), "next"), (TimeSpan.FromSeconds(3), "plad")]);
    }

    private static string Write(CastFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CastWriter(output, format);
        writer.Head(80, 24, s_started, "shell");
        foreach (var next in s_events)
            writer.Write(next);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
