using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>Terminals are made within limits, listed as they are, and end with all that they started.</summary>
public sealed class LifecycleTests(SharedInstallation shared) : IAsyncLifetime
{
    private TerminalPlace place = null!;

    private ServerApi Api => place.Api;

    private string Workspace => place.Id;

    public async ValueTask InitializeAsync() => place = await TerminalPlace.StartAsync(shared.Installation);

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task AShellIsALoginShell_InItsDirectory_WithTheEnvironmentOfATerminal()
    {
        var (status, body) = await Api.SendAsync(HttpMethod.Post, $"workspaces/{Workspace}/terminals", new { label = "my shell" });
        status.ShouldBe(201, body?.ToString());
        var terminal = (string)body!["id"]!;
        await using var view = await TerminalView.AttachAsync(Api, terminal, 0L);

        await view.TypeAsync("shopt -q login_shell && echo login; echo $TERM $COLORTERM $LANG; echo ${PATH%%:*}; tty; exit 3\n");
        (await view.EndAsync()).ShouldBe(4000);

        view.Text.ShouldContain("\rlogin\r\n");
        view.Text.ShouldContain("xterm-256color truecolor C.UTF-8\r\n/home/agent/.local/bin\r\n/dev/pts/");
        ((string)view.Exit!["reason"]!).ShouldBe("exited 3");
        var shown = await Api.GetAsync($"terminals/{terminal}");
        ((string)shown["state"]!, (string)shown["label"]!, (int)shown["exit"]!["code"]!).ShouldBe(("exited", "my shell", 3));
        // What it showed last can still be seen.
        await using var later = await TerminalView.AttachAsync(Api, terminal, "snapshot");
        (await later.EndAsync()).ShouldBe(4000);
        System.Text.Encoding.UTF8.GetString(later.Snapshots[^1]).ShouldContain("login");
    }

    [Fact]
    public async Task FiftyAtOnce_NeverExceedTheLimit()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    Api.SendAsync(HttpMethod.Post, $"workspaces/{Workspace}/terminals", new { command = new[] { "sleep", "1000" } })
                )
        );

        answers.Count(answer => answer.Status == 201).ShouldBe(10);
        var refused = answers.First(answer => answer.Status == 429).Body!;
        ((string)refused["code"]!).ShouldBe("terminal_limit");
        refused["errors"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(10);
        ((int)(await Api.GetAsync($"workspaces/{Workspace}/terminals"))["total"]!).ShouldBe(10);
        ((int)(await Api.GetAsync($"workspaces/{Workspace}/capacity"))["terminals"]!).ShouldBe(10);
    }

    [Fact]
    public async Task TheListShowsWhatRuns_AndALabelChanges()
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "cd /tmp; printf '\\033]0;a title\\007ready'; exec sleep 1000");
        await using var view = await TerminalView.AttachAsync(Api, terminal, 0L);
        await view.UntilAsync("ready");
        (await Api.SendAsync(HttpMethod.Patch, $"terminals/{terminal}", new { label = "renamed" })).Status.ShouldBe(200);
        await view.UntilAsync(() => view.States.Any(state => (string?)state["label"] == "renamed"));

        // While it begins, a program has its libraries open as well.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        JsonNode one;
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            one = (await Api.GetAsync($"workspaces/{Workspace}/terminals"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        } while ((int)one["descriptors"]! != 3);

        ((string)one["process"]!, (string)one["directory"]!, (string)one["title"]!).ShouldBe(("sleep", "/tmp", "a title"));
        ((string)one["label"]!, (int)one["viewers"]!, (string)one["mode"]!).ShouldBe(("renamed", 1, "write"));
        ((long)one["memory"]!).ShouldBeGreaterThan(0);
        (await Api.GetAsync($"terminals/{terminal}/viewers"))["items"]!.AsArray().Count.ShouldBe(1);
        ((int)(await Api.GetAsync($"terminals/{terminal}/search?q=read"))["total"]!).ShouldBe(1);
        (await Api.SendAsync(HttpMethod.Patch, $"terminals/{terminal}", new { label = "\u0007" })).Status.ShouldBe(422);
    }

    [Fact]
    public async Task AClose_EndsAllThatWasStarted_AndMayBeRepeated()
    {
        var terminal = await Api.CreateTerminalAsync(
            Workspace,
            "(setsid sleep 2001 &); nohup sleep 2002 >/dev/null 2>&1 & perl -e 'exit if fork; exit if fork; sleep 2003' & trap '' HUP; printf ready; sleep 2004"
        );
        await using var view = await TerminalView.AttachAsync(Api, terminal, 0L);
        await view.UntilAsync("ready");

        var closes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Api.SendAsync(HttpMethod.Delete, $"terminals/{terminal}")));

        closes.ShouldAllBe(close => close.Status == 202 || close.Status == 404);
        (await view.EndAsync()).ShouldBe(4000);
        var left = await shared.Installation.RunAsync(
            "exec",
            Workspace,
            "--",
            "sh",
            "-c",
            "for i in $(seq 100); do pgrep -f 'sleep 200[1-4]' | grep -v $$ >/dev/null || break; sleep 0.05; done; pgrep -af '^sleep 200'; echo none"
        );
        left.ShouldSucceed().Out.ShouldBe("none\n");
    }

    [Fact]
    public async Task AnotherWritersTyping_BringsItsWindowsSize_AndBadSizesChangeNothing()
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "trap 'stty size' WINCH; printf ready; while :; do read -n 1 key; done");
        await using var one = await TerminalView.AttachAsync(Api, terminal, 0L);
        await using var two = await TerminalView.AttachAsync(Api, terminal, 0L);
        await one.UntilAsync("ready");
        await one.ResizeAsync(100, 30);
        await two.UntilAsync(() => two.Size == (100, 30));
        await two.ResizeAsync(90, 20);
        await one.UntilAsync(() => one.Size == (90, 20));
        await one.UntilAsync(() => one.Snapshots.Count > 0);

        await one.TypeAsync("x");
        await two.UntilAsync(() => two.Size == (100, 30));
        await one.ResizeAsync(0, 0);
        await one.UntilAsync(() => one.Errors.Count > 0);

        ((string)one.Errors[0]["code"]!).ShouldBe("bad_size");
        ((int)(await Api.GetAsync($"terminals/{terminal}"))["columns"]!).ShouldBe(100);
    }

    [Fact]
    public async Task TheTwentyFirstViewer_IsRefused()
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "sleep 1000");
        var views = new List<TerminalView>();
        for (var i = 0; i < 20; i++)
            views.Add(await TerminalView.AttachAsync(Api, terminal, "live"));

        using var refused = await Api.GetRawAsync($"terminals/{terminal}/stream");

        ((int)refused.StatusCode).ShouldBe(429);
        foreach (var view in views)
            await view.DisposeAsync();
    }

    [Theory]
    [InlineData(1002, new byte[] { 0x99 })]
    [InlineData(1002, new byte[] { 0x84, 0 })]
    [InlineData(1002, new byte[] { 0x82, 0, 0, 0, 0, 0, 0, 0, 9, 65 })]
    [InlineData(1002, new byte[] { 0x81, (byte)'{', (byte)'}' })]
    public async Task FramesThatTheProtocolDoesNotHave_CloseTheView(int code, byte[] frame)
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "sleep 1000");
        await using var view = await TerminalView.AttachAsync(Api, terminal, "live");

        await view.SendAsync(frame);

        (await view.EndAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task TextAndLongFrames_CloseTheView_AndNothingElse()
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "printf ready; sleep 1000");
        await using var text = await TerminalView.AttachAsync(Api, terminal, "live");
        await text.SendAsync([65], System.Net.WebSockets.WebSocketMessageType.Text);
        (await text.EndAsync()).ShouldBe(1003);
        await using var large = await TerminalView.AttachAsync(Api, terminal, "live");
        await large.SendAsync(new byte[65_537]);
        (await large.EndAsync()).ShouldBe(1009);

        await using var view = await TerminalView.AttachAsync(Api, terminal, 0L);
        await view.UntilAsync("ready");
    }

    [Theory]
    [InlineData(4006, """{"version":2,"from":"live"}""")]
    [InlineData(1002, """{"version":1,"from":"elsewhere"}""")]
    [InlineData(1002, """{"version":1,"from":-1}""")]
    [InlineData(1002, "no json")]
    public async Task AnAttachThatCannotBe_IsClosedWithItsReason(int code, string attach)
    {
        var terminal = await Api.CreateTerminalAsync(Workspace, "sleep 1000");
        using var socket = await Api.ConnectAsync($"terminals/{terminal}/ws");
        using var limit = new CancellationTokenSource(Command.Limit);
        await socket.SendAsync(
            (byte[])[0x81, .. System.Text.Encoding.UTF8.GetBytes(attach)],
            System.Net.WebSockets.WebSocketMessageType.Binary,
            true,
            limit.Token
        );

        await socket.ReceiveAsync(new byte[100], limit.Token);

        ((int?)socket.CloseStatus).ShouldBe(code);
    }

    [Fact]
    public async Task AnUnknownTerminal_IsGone()
    {
        (await Api.SendAsync(HttpMethod.Get, "terminals/t-unknown")).Status.ShouldBe(404);
        (await Api.SendAsync(HttpMethod.Get, "workspaces/w-unknown/terminals")).Status.ShouldBe(404);
        using var socket = await Api.ConnectAsync("terminals/t-unknown/ws");
        using var limit = new CancellationTokenSource(Command.Limit);

        await socket.ReceiveAsync(new byte[100], limit.Token);

        ((int?)socket.CloseStatus).ShouldBe(4404);
    }

    [Fact]
    public async Task AClientWrittenFromTheDocumentationAlone_Attaches_Types_Resizes_CutsAndResumes()
    {
        var terminal = await Api.CreateTerminalAsync(
            Workspace,
            "stty raw -echo; printf 'ready '; head -c 5; stty size; printf 'more '; head -c 3; exit 4"
        );
        var start = Command.Describe(
            "python3",
            [
                Path.Combine(Programs.Root, "tests/Caisson.EndToEnd.Tests/Clients/terminal_client.py"),
                Path.Combine(shared.Installation.Home, "caisson.sock"),
                terminal,
            ],
            Path.GetTempPath()
        );

        var outcome = await Command.RunAsync(
            start,
            "until \"ready\"\nresize 91 33\ntype \"a\u20ac\"\ncut\ntype \"b\"\nuntil \"more\"\ncut\ntype \"xyz\"\ncut\nend\n"
        );

        var seen = JsonNode.Parse(outcome.ShouldSucceed().Out)!;
        ((string)seen["output"]!).ShouldBe("ready a\u20acb33 91\nmore xyz");
        ((int)seen["close"]!, (int)seen["exit"]!["code"]!).ShouldBe((4000, 4));
        seen["size"]!.ToJsonString().ShouldBe("[91,33]");
        seen["gaps"]!.AsArray().ShouldBeEmpty();
    }
}
