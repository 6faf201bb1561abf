using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

public sealed class ExecTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
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
}
