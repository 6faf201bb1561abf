using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>What programs print and read, through the whole way.</summary>
public sealed class OutputTests(SharedInstallation shared) : IAsyncLifetime
{
    private TerminalPlace place = null!;

    private ServerApi Api => place.Api;

    private string Workspace => place.Id;

    public async ValueTask InitializeAsync() => place = await TerminalPlace.StartAsync(shared.Installation);

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task FourHundredThousandEuros_AndRandomEscapes_ArriveByteForByte()
    {
        const string Program = """
            stty raw -echo; printf ready; read -n 1 key
            python3 - <<'END'
            import random, sys
            out = sys.stdout.buffer
            out.write("€".encode() * 400000)
            random.seed(7)
            out.write(bytes(random.choice(b"\x1b[]?;0123456789mhlHJK\x07\x9b\xe2\x82ABC\r\n") for _ in range(300000)))
            END
            printf '\033c'; printf end
            """;
        var terminal = await Api.CreateTerminalAsync(Workspace, Program);
        await using var view = await TerminalView.AttachAsync(Api, terminal, 0L);

        await view.UntilAsync("ready");
        await view.TypeAsync("k");
        (await view.EndAsync()).ShouldBe(1000);

        view.Gaps.ShouldBeEmpty();
        var bytes = view.Output["ready".Length..].ToArray();
        bytes.AsSpan(0, 1_200_000).SequenceEqual(Encoding.UTF8.GetBytes(new string('€', 400_000))).ShouldBeTrue();
        bytes.Length.ShouldBe(1_500_005);
        // The plain request gives the same bytes.
        using var plain = await Api.GetRawAsync($"terminals/{terminal}/output?from=1200005");
        (await plain.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[1_200_000..]);
        plain.Headers.GetValues("Caisson-Offset").ShouldHaveSingleItem().ShouldBe("1200005");
    }

    [Fact]
    public async Task AMegabyteThatIsPasted_ArrivesComplete()
    {
        var paste = new byte[1 << 20];
        for (var i = 0; i < paste.Length; i++)
            paste[i] = (byte)('a' + i % 23);
        var terminal = await Api.CreateTerminalAsync(Workspace, "stty raw -echo; printf ready; sleep 1; head -c 1048576 | sha256sum");
        await using var view = await TerminalView.AttachAsync(Api, terminal, 0L);
        await view.UntilAsync("ready");

        await view.TypeAsync(paste);
        (await view.EndAsync()).ShouldBe(1000);

        view.Text.ShouldContain(Convert.ToHexStringLower(SHA256.HashData(paste)));
        view.Taken.ShouldBe(paste.Length);
    }

    [Fact]
    public async Task AFrozenViewerHarmsNobody_AndIsToldWhatItMissed()
    {
        var terminal = await Api.CreateTerminalAsync(
            Workspace,
            "stty raw -echo; printf ready; for part in 1 2 3 4 5 6; do read -n 1 key; head -c 5000000 /dev/zero | tr '\\0' x; printf $part; done; printf done; read -n 1 key"
        );
        await using var frozen = await TerminalView.AttachAsync(Api, terminal, 0L);
        await using var live = await TerminalView.AttachAsync(Api, terminal, 0L);
        await frozen.UntilAsync("ready");
        await live.UntilAsync("ready");
        frozen.Acknowledges = false;

        // Each part is less than what is kept for a viewer, so that this one misses nothing however slow the machine is.
        for (var part = 1; part <= 6; part++)
        {
            await live.TypeAsync("k");
            await live.UntilAsync($"x{part}");
        }
        await live.UntilAsync("done");
        live.Gaps.ShouldBeEmpty();
        live.Next.ShouldBe(30_000_015);

        // What was in flight is there; then the hole, told exactly, and the screen as it is now.
        await frozen.UntilAsync(() => frozen.Next >= 1 << 20);
        await frozen.AcknowledgeAsync();
        frozen.Acknowledges = true;
        await frozen.UntilAsync(() => frozen.Snapshots.Count > 0 && frozen.Snapshots[^1][2] == 1);
        var (from, to) = frozen.Gaps.ShouldHaveSingleItem();
        (frozen.Output.Length + to - from).ShouldBe(frozen.Next);
        frozen.Next.ShouldBe(30_000_015);
        Encoding.UTF8.GetString(frozen.Snapshots[^1]).ShouldContain("done");
        await live.TypeAsync("k");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Queries_AreAnsweredOnce_HoweverManyLook(int viewers)
    {
        // DA1, cursor position, then everything that came in is printed until nothing comes for a second.
        var terminal = await Api.CreateTerminalAsync(
            Workspace,
            "stty raw -echo; sleep 1; printf '\\033[c\\033[6n\\033]11;?\\007'; timeout --foreground 3 cat > answers; od -An -c answers | tr -d ' \\n' > shown; printf ready; sleep 100"
        );
        var views = new List<TerminalView>();
        for (var i = 0; i < viewers; i++)
            views.Add(await TerminalView.AttachAsync(Api, terminal, "snapshot"));
        await using var last = viewers < 20 ? await TerminalView.AttachAsync(Api, terminal, 0L) : views[0];
        await last.UntilAsync("ready");

        var answers = (await shared.Installation.RunAsync("exec", Workspace, "--", "sh", "-c", "cat shown")).ShouldSucceed().Out;
        answers.ShouldStartWith("033[?1;2c033[1;1R033]11;rgb:");
        answers.Split("033[?1;2c").Length.ShouldBe(2);
        foreach (var view in views)
            await view.DisposeAsync();
    }

    [Fact]
    public async Task EventsAndPosts_CarryTheSameBytes()
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "stty raw -echo; printf ready; head -c 5");
        using var response = await Api.GetRawAsync($"terminals/{terminal}/stream?from=0");
        response.Content.Headers.ContentType.ShouldBe(new MediaTypeHeaderValue("text/event-stream"));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var output = new StringBuilder();
        string? viewer = null;
        while (viewer is null || !output.ToString().Contains("ready", StringComparison.Ordinal))
            Take(await lines.ReadLineAsync());

        foreach (var (sequence, text) in new[] { (0, "abc"), (0, "abc"), (2, "cde") })
        {
            var data = Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
            var (status, body) = await Api.SendAsync(
                HttpMethod.Post,
                $"terminals/{terminal}/input",
                new
                {
                    viewer,
                    sequence,
                    data,
                }
            );
            status.ShouldBe(200, body?.ToString());
        }
        while (await lines.ReadLineAsync() is { } line && line != "event: close")
            Take(line);

        output.ToString().ShouldBe("readyabcde");
        (await lines.ReadLineAsync()).ShouldBe("data: 1000");

        void Take(string? line)
        {
            if (line?.StartsWith("data: ", StringComparison.Ordinal) != true)
                return;
            var frame = Convert.FromBase64String(line[6..]);
            if (frame[0] == 1)
                viewer = (string)System.Text.Json.Nodes.JsonNode.Parse(frame.AsSpan(1))!["viewer"]!;
            else if (frame[0] == 2)
                output.Append(Encoding.UTF8.GetString(frame.AsSpan(9)));
        }
    }
}
