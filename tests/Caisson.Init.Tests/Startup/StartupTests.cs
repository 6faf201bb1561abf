using System.Diagnostics;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Startup;

public sealed class StartupTests
{
    [Fact]
    public async Task Says_WhichSetting_IsWrong()
    {
        await using var sandbox = await TestSandbox.StartAsync(config => config with { RingBytes = 1 });

        sandbox.Ready.Ready.ShouldBeFalse();
        sandbox.Ready.Stage.ShouldBe("config");
        sandbox.Ready.Cause!.ShouldContain("ringBytes");
        sandbox.Ready.Remedy.ShouldNotBeNullOrEmpty();
        (await sandbox.EndAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_ToStart_WhenTheSocketsWouldStayVisible()
    {
        await using var sandbox = await TestSandbox.StartAsync(
            config => config with { SocketDirectory = "/run/other" },
            moreArguments: ["--dir", "/run/other"]
        );

        sandbox.Ready.Stage.ShouldBe("sockets");
        sandbox.Ready.Cause!.ShouldContain("mount of its own");
    }

    [Fact]
    public async Task Needs_NothingOfTheImage()
    {
        await using var sandbox = await TestSandbox.StartAsync(emptyImage: true);
        sandbox.Ready.Ready.ShouldBeTrue(sandbox.Ready.Cause);

        var result = await sandbox.Client.ExecAsync(new ExecRequest { Arguments = ["/caisson-init", "version"] });

        result.Output.Trim().ShouldBe(sandbox.Ready.Version);
    }

    [Fact]
    public async Task Reports_ItselfAndItsCounters()
    {
        await using var sandbox = await TestSandbox.StartAsync();

        var info = await sandbox.Client.InfoAsync();

        info.SandboxId.ShouldBe(TestSandbox.Id);
        info.Version.ShouldBe(sandbox.Ready.Version);
        info.ResidentBytes.ShouldBeInRange(1 << 20, 16 << 20);
    }

    [Fact]
    public async Task Stops_WithAGraceForWhoWantsToSaveSomething()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var polite = await sandbox.Client.StartAttachedAsync(
            Shell("trap 'echo saved > saved; exit 0' TERM; echo ready; while :; do sleep 0.01; done")
        );
        await using var stubborn = await sandbox.Client.StartAttachedAsync(Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"));
        await FirstAsync(polite);
        await FirstAsync(stubborn);

        await sandbox.Client.StopAsync(TimeSpan.FromSeconds(2));

        (await sandbox.EndAsync()).ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(sandbox.Home, "saved"))).ShouldBe("saved\n");
    }

    [Fact]
    public async Task Stops_AtOnceWhenEverybodyWentByThemselves()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var shell = await sandbox.Client.StartAttachedAsync(Shell("echo ready; sleep 1000"));
        await FirstAsync(shell);
        var clock = Stopwatch.StartNew();

        await sandbox.Client.StopAsync(TimeSpan.FromMinutes(1));

        (await sandbox.EndAsync()).ShouldBe(0);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Stops_AShellAtItsPrompt_LongBeforeTheGrace_ButLetsItsProgramSaveFirst()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var idle = await PromptAsync(sandbox);
        await using var busy = await PromptAsync(sandbox);
        await busy.InputAsync(
            "bash -c 'trap \"sleep 1; echo saved > saved; exit\" TERM; printf re; echo ady; while :; do sleep 0.01; done'\n"u8.ToArray()
        );
        await UntilAsync(busy, "ready");

        await sandbox.Client.StopAsync(TimeSpan.FromMinutes(10));

        // Its own limit is far below that grace.
        (await sandbox.EndAsync()).ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(sandbox.Home, "saved"))).ShouldBe("saved\n");
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    [InlineData("zsh", "-f")]
    [InlineData("fish", "--no-config", "--init-command", "function fish_prompt; printf 'at-the-%s' prompt; end")]
    public async Task Stops_EachKindOfShellAtItsPrompt_LongBeforeTheGrace(string shell, params string[] options)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var view = await sandbox.Client.StartAttachedAsync(
            new StartRequest
            {
                Arguments = ["/usr/bin/env", "PS1=at-the-prompt", shell, .. options, "-i"],
                Terminal = new TerminalSize(80, 24),
            }
        );
        await UntilAsync(view, "at-the-prompt");

        await sandbox.Client.StopAsync(TimeSpan.FromMinutes(10));

        (await sandbox.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Stops_LettingASaveEndThatIgnoresSigterm()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var shell = await PromptAsync(sandbox);
        await using var careful = await sandbox.Client.StartAttachedAsync(
            Shell("trap 'trap \"\" TERM; sleep 1 && echo saved > saved; exit' TERM; echo ready; while :; do sleep 0.01; done")
        );
        await FirstAsync(careful);
        await shell.InputAsync(
            "bash -c 'trap \"trap \\\"\\\" TERM; sleep 1 && echo saved > in-terminal; exit\" TERM; printf re; echo ady; while :; do sleep 0.01; done'\n"u8.ToArray()
        );
        await UntilAsync(shell, "ready");

        await sandbox.Client.StopAsync(TimeSpan.FromSeconds(20));

        (await sandbox.EndAsync()).ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(sandbox.Home, "saved"))).ShouldBe("saved\n");
        (await File.ReadAllTextAsync(Path.Combine(sandbox.Home, "in-terminal"))).ShouldBe("saved\n");
    }

    [Fact]
    public async Task Stops_OnSigtermFromOutside_ButNotFromInside()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        (await sandbox.ShellAsync("kill -TERM 1; kill -9 1; kill -HUP 1; kill -SEGV 1; true")).Errors.ShouldContain("not permitted");
        (await sandbox.ShellAsync("kill -TERM 1; kill -SEGV -1 2>/dev/null; true", ProcessUser.Root)).TimedOut.ShouldBeFalse();
        (await sandbox.ShellAsync("echo alive")).Output.ShouldBe("alive\n");

        await TestSandbox.RunAsync("kill", "-TERM", $"{sandbox.Pid1}");

        (await sandbox.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Reaps_OrphansOfOthers()
    {
        await using var sandbox = await TestSandbox.StartAsync();

        await sandbox.ShellAsync("for i in $(seq 50); do (sleep 0.01 &); done; while pgrep sleep >/dev/null; do sleep 0.02; done");

        (await sandbox.ShellAsync("ps -eo stat= | grep -c Z")).Output.ShouldBe("0\n");
        (await sandbox.Client.InfoAsync()).Counters.Reaped.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Hides_BothSockets()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var gateway = TestGateway.Saying(sandbox.ExitSocket, "x");

        var result = await sandbox.ShellAsync("ls -A /run/caisson; grep caisson /proc/self/mountinfo | grep -v caisson-init");

        result.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuses_ControlConnectionsOfSandboxProcesses_EvenWhenTheySeeTheSocket()
    {
        await using var sandbox = await TestSandbox.StartAsync(config => config with { HideSocketDirectory = false });

        var result = await sandbox.ShellAsync("printf '\\0\\0\\0\\1\\1' | socat -t 5 - UNIX-CONNECT:/run/caisson/init.sock | wc -c");

        result.Output.ShouldBe("0\n");
    }

    [Fact]
    public async Task Survives_BrokenControlPeers()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var path = Path.Combine(sandbox.Directory, "run/init.sock");
        foreach (
            var bytes in new[]
            {
                "\\0\\0\\0\\0",
                "\\377\\377\\377\\377x",
                "\\0\\0\\0\\2\\2{",
                "\\0\\0\\0\\1\\177",
                "\\0\\0\\1",
                "\\0\\0\\0\\3\\4ab",
                "\\0\\0\\0\\1\\14",
            }
        )
        {
            await TestSandbox.RunAsync("sh", "-c", $"printf '{bytes}' | socat -t 1 - UNIX-CONNECT:{path} >/dev/null");
        }

        (await sandbox.ShellAsync("echo alive")).Output.ShouldBe("alive\n");
    }

    [Fact]
    public async Task Keeps_KernelSettingsFromAgents_WhoseUserOwnsThem()
    {
        await using var sandbox = await TestSandbox.StartAsync();

        var result = await sandbox.ShellAsync(
            "echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start; cat /proc/keys /proc/kallsyms /proc/timer_list | wc -c"
        );

        result.Errors.ShouldContain("Read-only file system");
        result.Output.ShouldBe("0\n");
    }

    private static StartRequest Shell(string script) => new() { Arguments = ["/bin/bash", "-c", script] };

    /// <summary>An interactive shell, as a terminal has it.</summary>
    private static async Task<ProcessAttachment> PromptAsync(TestSandbox sandbox)
    {
        var view = await sandbox.Client.StartAttachedAsync(
            new StartRequest { Arguments = ["/bin/bash", "--norc", "-i"], Terminal = new TerminalSize(80, 24) }
        );
        await UntilAsync(view, "$ ");
        return view;
    }

    private static async Task UntilAsync(ProcessAttachment view, string text)
    {
        var seen = "";
        await foreach (var frame in view.ReadFramesAsync())
        {
            if (frame is ProcessData data)
                seen += System.Text.Encoding.UTF8.GetString(data.Bytes.Span);
            if (seen.Contains(text, StringComparison.Ordinal))
                return;
        }
        throw new InvalidOperationException($"It ended without '{text}': {seen}");
    }

    private static async Task FirstAsync(ProcessAttachment view)
    {
        await foreach (var frame in view.ReadFramesAsync())
        {
            frame.ShouldBeOfType<ProcessData>();
            return;
        }
    }
}
