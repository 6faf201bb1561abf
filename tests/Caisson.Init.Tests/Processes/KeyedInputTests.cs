using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

public sealed class KeyedInputTests : IAsyncLifetime
{
    private static readonly UInt128 s_one = UInt128.One << 100;
    private static readonly UInt128 s_two = UInt128.One;

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Applies_EachByteOfAWriterOnce_OverConnections()
    {
        var process = (await StartReadyAsync("head -c 8")).Process;
        await using (var first = await AttachAsync(process))
        {
            await first.KeyedInputAsync(s_one, 0, "abcd"u8.ToArray());
            (await TakenAsync(first)).ShouldBe(new ProcessInputTaken(s_one, 4));
        }

        (await _sandbox.Client.InputOffsetAsync(process, s_one)).ShouldBe(4);
        (await _sandbox.Client.InputOffsetAsync(process, s_two)).ShouldBe(0);
        await using var second = await AttachAsync(process);
        await second.KeyedInputAsync(s_one, 0, "abcd"u8.ToArray());
        await second.KeyedInputAsync(s_one, 2, "cdef"u8.ToArray());
        await second.KeyedInputAsync(s_two, 0, "gh"u8.ToArray());

        (await ReadAsync(second)).ShouldBe("abcdefgh");
    }

    [Fact]
    public async Task Takes_NothingThatLeavesAGap()
    {
        var process = (await StartReadyAsync("head -c 2")).Process;
        await using var view = await AttachAsync(process);

        await view.KeyedInputAsync(s_one, 1, "x"u8.ToArray());

        (await TakenAsync(view)).ShouldBe(new ProcessInputTaken(s_one, 0));
        await view.KeyedInputAsync(s_one, 0, "ab"u8.ToArray());
        (await ReadAsync(view)).ShouldBe("ab");
    }

    [Fact]
    public async Task Forgets_TheLeastRecentWriter_ButNeverTheServer()
    {
        var process = (await StartReadyAsync("sleep 1000")).Process;
        await using var view = await AttachAsync(process);
        for (var key = 0; key <= 256; key++)
        {
            await view.KeyedInputAsync((UInt128)key, 0, "x"u8.ToArray());
            await TakenAsync(view);
        }

        (await _sandbox.Client.InputOffsetAsync(process, 0)).ShouldBe(1);
        (await _sandbox.Client.InputOffsetAsync(process, 1)).ShouldBe(0);
        (await _sandbox.Client.InputOffsetAsync(process, 2)).ShouldBe(1);
        await _sandbox.Client.CloseAsync(process, TimeSpan.Zero);
    }

    [Fact]
    public async Task Closes_EverythingThatATerminalStarted_AlsoWhatIgnoresHangups()
    {
        var process = (
            await StartAsync(
                "(setsid sleep 1001 &) ; nohup sleep 1002 >/dev/null 2>&1 & perl -e 'exit if fork; exit if fork; $SIG{HUP}=q(IGNORE); sleep 1003' & "
                    + "trap '' HUP; touch ready; sleep 1004"
            )
        ).Process;
        await _sandbox.ShellAsync("while [ ! -e ready ] || [ $(pgrep -fc 'sleep 100[124]|sleep 1003') -lt 4 ]; do sleep 0.02; done");
        await using var view = await AttachAsync(process);

        await _sandbox.Client.CloseAsync(process, TimeSpan.FromMilliseconds(300));
        await _sandbox.Client.CloseAsync(process, TimeSpan.FromMilliseconds(300));

        await ReadAsync(view);
        (await _sandbox.ShellAsync("while pgrep -f 'sleep 100[1-4]' >/dev/null; do sleep 0.02; done; echo none")).Output.ShouldBe("none\n");
    }

    [Fact]
    public async Task Surveys_ForegroundProgramsAndWhatTheyUse()
    {
        var process = (await StartAsync("cd /tmp; exec sleep 1000")).Process;
        await _sandbox.ShellAsync("while ! pgrep -x sleep; do :; done");

        var facts = (await _sandbox.Client.SurveyAsync()).Single(one => one.Process == process).Facts.ShouldNotBeNull();

        facts.Program.ShouldBe("sleep");
        facts.Directory.ShouldBe("/tmp");
        facts.ResidentBytes.ShouldBeGreaterThan(0);
        facts.Descriptors.ShouldBe(3);
        (await _sandbox.Client.ListAsync()).Single(one => one.Process == process).Facts.ShouldBeNull();
        await _sandbox.Client.CloseAsync(process, TimeSpan.Zero);
    }

    private Task<StartedProcess> StartAsync(string script) =>
        _sandbox.Client.StartAsync(
            new StartRequest
            {
                Arguments = ["/bin/bash", "-c", script],
                Terminal = new TerminalSize(80, 24),
                WorkingDirectory = "/home/agent",
                TimeoutMilliseconds = (int)TestSandbox.Patience.TotalMilliseconds,
            }
        );

    /// <summary>With a terminal that passes everything on as it is; returns once it does.</summary>
    private async Task<StartedProcess> StartReadyAsync(string script)
    {
        var started = await StartAsync($"stty raw -echo; touch ready; {script}");
        await _sandbox.ShellAsync("while [ ! -e ready ]; do sleep 0.02; done");
        return started;
    }

    private Task<ProcessAttachment> AttachAsync(uint process) =>
        _sandbox.Client.AttachAsync(new AttachRequest { Process = process, Lossless = true });

    private static async Task<ProcessInputTaken> TakenAsync(ProcessAttachment view)
    {
        await foreach (var frame in view.ReadFramesAsync())
        {
            if (frame is ProcessInputTaken taken)
            {
                return taken;
            }
        }

        throw new InvalidOperationException("it ended");
    }

    private static async Task<string> ReadAsync(ProcessAttachment view)
    {
        var all = new StringBuilder();
        await foreach (var frame in view.ReadFramesAsync())
        {
            if (frame is ProcessData data)
            {
                all.Append(Encoding.UTF8.GetString(data.Bytes.Span));
            }
        }

        return all.ToString();
    }
}
