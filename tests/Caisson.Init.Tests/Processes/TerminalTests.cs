using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

public sealed class TerminalTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync(config => config with { TerminalRingBytes = 65_536, KeptProcesses = 3 });
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Gives_AControllingTerminalOfTheAskedSize()
    {
        await using var view = await StartAsync("tty; stty size; echo hello > /dev/tty; ps -o sid= -p $$ | grep -c $$");

        var (text, exit) = await ReadAsync(view);

        text.ShouldBe("/dev/pts/0\r\n24 80\r\nhello\r\n1\r\n");
        exit.Code.ShouldBe(0);
        exit.OutputEnd.ShouldBe(text.Length);
    }

    [Fact]
    public async Task Tells_ANewSizeToTheProgram()
    {
        await using var view = await StartAsync("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done");
        await UntilAsync(view, "ready");

        await view.ResizeAsync(100, 30);

        (await ReadAsync(view)).Text.ShouldContain("30 100");
    }

    [Fact]
    public async Task Interrupts_TheForegroundGroupByItsKey()
    {
        await using var view = await StartAsync("echo ready; sleep 1000");
        await UntilAsync(view, "ready");

        await view.InputAsync("\u0003"u8.ToArray());

        (await ReadAsync(view)).Exit.Code.ShouldBe(130);
    }

    [Fact]
    public async Task Takes_AMegabyteOfInputCompletely()
    {
        var paste = new byte[1 << 20];
        for (var i = 0; i < paste.Length; i++)
        {
            paste[i] = (byte)('a' + (i % 23));
        }

        await using var view = await StartAsync("stty raw -echo; echo ready; sleep 0.3; head -c 1048576 | sha256sum");
        await UntilAsync(view, "ready");
        await view.InputAsync(paste);

        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(paste));
        (await ReadAsync(view)).Text.ShouldContain(expected);
    }

    [Fact]
    public async Task Passes_BytesUnaltered()
    {
        await using var view = await StartAsync("stty raw; for i in $(seq 5000); do printf '€€€€€€€€€€'; done");

        var (text, _) = await ReadAsync(view);

        text.ShouldBe(new string('€', 50_000));
    }

    [Fact]
    public async Task Continues_AtTheOffsetWhereAViewerLeft()
    {
        uint process;
        long seen;
        await using (var first = await StartAsync("echo one; read line; echo two"))
        {
            process = first.Process;
            seen = await UntilAsync(first, "one\r\n");
        }

        // The connection is gone; the process is not.
        await _sandbox.Client.InputAsync(process, "\n"u8.ToArray());
        await using var second = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process, OutputFrom = seen });

        var (text, exit) = await ReadAsync(second);
        text.ShouldBe("\r\ntwo\r\n");
        exit.Code.ShouldBe(0);
    }

    [Fact]
    public async Task Counts_WhatARingNoLongerHolds()
    {
        var started = await _sandbox.Client.StartAsync(
            new StartRequest { Arguments = ["/bin/bash", "-c", "stty raw; head -c 200000 /dev/zero"], Terminal = new TerminalSize(80, 24) }
        );
        await EndAsync(started.Process);

        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = started.Process });
        var frames = new List<ProcessFrame>();
        var bytes = 0L;
        await foreach (var frame in view.ReadFramesAsync())
        {
            bytes += frame is ProcessData data ? data.Bytes.Length : 0;
            frames.Add(frame);
        }

        frames[0].ShouldBe(new ProcessGap(OutputStream.Output, 0, 200_000 - 65_536));
        bytes.ShouldBe(65_536);
    }

    [Fact]
    public async Task Waits_ForALosslessViewer()
    {
        // The ring holds 64 KiB, sockets a little more; all 20 MB must come through although nobody reads at first.
        await using var view = await StartAsync("stty raw; head -c 20000000 /dev/zero | tr '\\0' x; echo end >> /home/agent/end");
        (await _sandbox.ShellAsync("sleep 0.2; ls")).Output.ShouldNotContain("end");

        var total = 0L;
        await foreach (var frame in view.ReadFramesAsync())
        {
            frame.ShouldNotBeOfType<ProcessGap>();
            if (frame is ProcessData data)
            {
                data.Offset.ShouldBe(total);
                total += data.Bytes.Length;
            }
        }

        total.ShouldBe(20_000_000);
    }

    [Fact]
    public async Task Lets_AStalledViewerHarmOnlyItself()
    {
        var started = await _sandbox.Client.StartAsync(
            new StartRequest
            {
                Arguments = ["/bin/bash", "-c", "stty raw; read -n 1; head -c 5000000 /dev/zero; echo done >> /home/agent/done"],
                Terminal = new TerminalSize(80, 24),
            }
        );
        await using var stalled = await _sandbox.Client.AttachAsync(new AttachRequest { Process = started.Process });
        await _sandbox.Client.InputAsync(started.Process, "x"u8.ToArray());

        await _sandbox.ShellAsync("while [ ! -e done ]; do sleep 0.02; done");

        // It missed the middle, and is told how much.
        var total = 0L;
        await foreach (var frame in stalled.ReadFramesAsync())
        {
            total += frame switch
            {
                ProcessData data => data.Bytes.Length,
                ProcessGap gap => gap.To - gap.From,
                _ => 0,
            };
        }

        total.ShouldBeGreaterThanOrEqualTo(5_000_000);
    }

    [Fact]
    public async Task Ends_EverythingThatATerminalStarted()
    {
        await using var view = await StartAsync(
            "(setsid sh -c 'sleep 1001' &) ; nohup sleep 1002 >/dev/null 2>&1 & perl -e 'exit if fork; exit if fork; sleep 1003' & echo ready; wait; sleep 1004"
        );
        await UntilAsync(view, "ready");
        await _sandbox.ShellAsync("while [ $(pgrep -fc '100[1234]|sleep 1003') -lt 3 ]; do sleep 0.02; done");

        await _sandbox.Client.SignalAsync(view.Process, 9, SignalTarget.Tree);

        (await ReadAsync(view)).Exit.Code.ShouldBe(137);
        (await _sandbox.ShellAsync("pgrep -a 'sleep|perl'")).Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lists_WhatRunsAndWhatEnded_UpToALimit()
    {
        var ids = new List<uint>();
        for (var i = 0; i < 5; i++)
        {
            var started = await _sandbox.Client.StartAsync(
                new StartRequest { Arguments = ["/bin/sh", "-c", $"exit {i}"], Label = $"l{i}" }
            );
            await EndAsync(started.Process);
            ids.Add(started.Process);
        }

        var list = await _sandbox.Client.ListAsync();

        list.Select(process => process.Process).ShouldBe(ids[2..]);
        list.Select(process => process.Exit!.Code).ShouldBe([2, 3, 4]);
        list[0].Label.ShouldBe("l2");
        await _sandbox.Client.ForgetAsync(ids[2]);
        (await Should.ThrowAsync<InitException>(() => _sandbox.Client.ForgetAsync(ids[2]))).Code.ShouldBe("no_such_process");
    }

    [Theory]
    [InlineData(1, 24)]
    [InlineData(80, 0)]
    [InlineData(1001, 24)]
    public async Task Refuses_ImpossibleSizes(int columns, int rows)
    {
        var request = new StartRequest { Arguments = ["/bin/sh"], Terminal = new TerminalSize(columns, rows) };

        (await Should.ThrowAsync<InitException>(() => _sandbox.Client.StartAsync(request))).Code.ShouldBe("bad_request");
    }

    private Task<ProcessAttachment> StartAsync(string script) =>
        _sandbox.Client.StartAttachedAsync(
            new StartRequest
            {
                Arguments = ["/bin/bash", "-c", script],
                Terminal = new TerminalSize(80, 24),
                TimeoutMilliseconds = (int)TestSandbox.Patience.TotalMilliseconds,
            }
        );

    private async Task EndAsync(uint process)
    {
        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process });
        await ReadAsync(view);
    }

    private static async Task<(string Text, ProcessExit Exit)> ReadAsync(ProcessAttachment view)
    {
        using var all = new MemoryStream();
        await foreach (var frame in view.ReadFramesAsync())
        {
            switch (frame)
            {
                case ProcessData data:
                    all.Write(data.Bytes.Span);
                    break;
                case ProcessEnded ended:
                    return (Encoding.UTF8.GetString(all.ToArray()), ended.Exit);
            }
        }

        throw new InvalidOperationException("no exit");
    }

    private static async Task<long> UntilAsync(ProcessAttachment view, string text)
    {
        var seen = "";
        await foreach (var frame in view.ReadFramesAsync())
        {
            if (frame is ProcessData data)
            {
                seen += Encoding.UTF8.GetString(data.Bytes.Span);
                if (seen.Contains(text, StringComparison.Ordinal))
                {
                    return data.Offset + data.Bytes.Length;
                }
            }
        }

        throw new InvalidOperationException($"{text} never came; only {seen}");
    }
}
