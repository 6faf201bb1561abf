using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

public sealed class ExecTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync(config => config with { Limits = new ProcessLimits { OpenFiles = 1234 } });
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Returns_TheExitCodeAndBothStreams()
    {
        var result = await _sandbox.ShellAsync("echo out; echo err >&2; exit 7");

        result.ExitCode.ShouldBe(7);
        result.Output.ShouldBe("out\n");
        result.Errors.ShouldBe("err\n");
        result.TimedOut.ShouldBeFalse();
    }

    [Fact]
    public async Task Runs_AsTheAgentsUserWithoutAnyCapability()
    {
        var result = await _sandbox.ShellAsync("id -u; id -g; grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status");

        result.Output.ShouldBe(
            """
            1000
            1000
            CapInh:	0000000000000000
            CapPrm:	0000000000000000
            CapEff:	0000000000000000
            CapBnd:	0000000000000000
            CapAmb:	0000000000000000
            NoNewPrivs:	1
            Seccomp:	2

            """
        );
    }

    [Fact]
    public async Task Says128PlusTheSignal_WhenASignalEndedTheCommand()
    {
        var result = await _sandbox.ShellAsync("kill -TERM $$");

        result.ExitCode.ShouldBe(128 + 15);
    }

    [Fact]
    public async Task Keeps_SignalsThatTheKernelSendsForADescriptor_FromPidOne()
    {
        // F_SETSIG to SIGTERM, F_SETOWN to PID 1, O_ASYNC, and then something to read: with all of them PID 1 would stop the sandbox.
        var result = await _sandbox.ShellAsync(
            """
            perl -e 'pipe(my $r, my $w); print fcntl($r, 10, 15) ? "chosen" : "$!", "\n"; fcntl($r, 8, 1); fcntl($r, 4, 0x2000); syswrite $w, "x"'
            """
        );

        result.Output.ShouldBe("Operation not permitted\n", result.Errors);
        (await _sandbox.ShellAsync("echo alive")).Output.ShouldBe("alive\n");
    }

    [Fact]
    public async Task Kills_EverythingThatATimedOutCommandStarted()
    {
        var result = await _sandbox.Client.ExecAsync(
            new ExecRequest
            {
                Arguments = ["/bin/bash", "-c", "setsid sleep 1000 & echo $!; sleep 1000"],
                Timeout = TimeSpan.FromMilliseconds(300),
            }
        );

        result.TimedOut.ShouldBeTrue();
        result.ExitCode.ShouldBe(128 + 9);
        var left = await _sandbox.ShellAsync("pgrep -c sleep");
        left.Output.Trim().ShouldBe("0");
    }

    [Fact]
    public async Task Passes_InputAndOutputOfManyMegabytes()
    {
        var input = new byte[5_000_000];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (byte)(i * 31 >> 3);
        }

        var result = await _sandbox
            .Client.ExecAsync(new ExecRequest { Arguments = ["cat"], Input = input })
            .WaitAsync(TestSandbox.Patience);

        result.Stdout.Span.SequenceEqual(input).ShouldBeTrue();
    }

    [Fact]
    public async Task Never_LetsAShellInterpretArguments()
    {
        var result = await _sandbox.Client.ExecAsync(new ExecRequest { Arguments = ["printf", "%s|", "$HOME", "a b", "*", ""] });

        result.Output.ShouldBe("$HOME|a b|*||");
    }

    [Fact]
    public async Task Names_AProgramThatIsNotThere()
    {
        var error = await Should.ThrowAsync<InitException>(() =>
            _sandbox.Client.StartAsync(new StartRequest { Arguments = ["no-such-shell"] })
        );

        error.Code.ShouldBe("not_found");
        error.Message.ShouldContain("no-such-shell");
    }

    [Fact]
    public async Task Limits_WhatAgentsProcessesMayUse()
    {
        var result = await _sandbox.ShellAsync("ulimit -Sn; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj; umask");

        result.Output.ShouldBe("1234\n1234\n0\n500\n0022\n");
    }

    [Fact]
    public async Task Gives_ExactlyTheConfiguredEnvironment_WithTheRequestsLaidOverIt()
    {
        var result = await _sandbox.Client.ExecAsync(
            new ExecRequest
            {
                Arguments = ["env"],
                Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["LANG"] = null, ["MORE"] = "a=b\nc" },
            }
        );

        result.Output.ShouldBe("PATH=/usr/local/bin:/usr/bin:/bin\nHOME=/home/agent\nMORE=a=b\nc\n");
    }

    [Fact]
    public async Task Stays_RootOfTheSandbox_OnlyWhenTheServerAsks()
    {
        var result = await _sandbox.ShellAsync("id -u; grep -E 'Cap(Eff|Bnd)|Seccomp:' /proc/self/status", ProcessUser.Root);

        result.Output.ShouldBe("0\nCapEff:\t00000000000404ff\nCapBnd:\t00000000000404ff\nSeccomp:\t2\n");
    }

    [Fact]
    public async Task Keeps_RootsProgramsFromTheNetworkTheMountsAndPidOne()
    {
        var result = await _sandbox.ShellAsync(
            "nft flush ruleset; ip route del local default table local; umount /proc/sys; cat /proc/1/environ; readlink /proc/1/fd/4; kill -9 1",
            ProcessUser.Root
        );

        result.Output.ShouldBeEmpty();
        result.ExitCode.ShouldNotBe(0);
        (await _sandbox.ShellAsync("curl -sS --max-time 5 http://away.example/; touch /proc/sys/kernel/x")).Errors.ShouldNotContain(
            "No route"
        );
    }

    [Fact]
    public async Task Leaves_NoDescriptorOfOursToTheProcess()
    {
        var result = await _sandbox.Client.ExecAsync(new ExecRequest { Arguments = ["ls", "/proc/self/fd"] });

        result.Output.ShouldBe("0\n1\n2\n3\n"); // 3 is the listed directory
    }

    [Fact]
    public async Task Does_NotWaitForWhoeverInheritedThePipes()
    {
        var result = await _sandbox.ShellAsync("echo before; sleep 1000 & echo after");

        result.Output.ShouldBe("before\nafter\n");
        result.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Ignores_InputThatACommandDoesNotRead()
    {
        var result = await _sandbox.Client.ExecAsync(new ExecRequest { Arguments = ["echo", "done"], Input = new byte[1_000_000] });

        result.Output.ShouldBe("done\n");
    }

    [Fact]
    public async Task Forgets_WhatItRanToItsEnd()
    {
        await _sandbox.ShellAsync("true");

        (await _sandbox.Client.ListAsync()).ShouldBeEmpty();
    }
}
