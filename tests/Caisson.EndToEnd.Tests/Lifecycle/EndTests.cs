using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Lifecycle;

/// <summary>What becomes of a sandbox, and what the commands say about it.</summary>
public sealed class EndTests(SharedInstallation shared)
{
    private readonly Installation installation = shared.Installation;

    [Fact]
    public async Task ExitZero_RemovesIt()
    {
        (await RunAsync("gone", [], "echo out; echo err >&2")).ShouldBe((0, "out\n", "err\n"));
        (await StateAsync("gone")).ShouldBeNull();
    }

    [Fact]
    public async Task AnotherExit_PreservesIt_AndResumeBringsHomeAndWorkspaceBack()
    {
        using var repository = await Repository.CreateAsync();
        const string script = "if [ -e ~/kept ]; then cat ~/kept work.txt; exit 0; fi; echo home > ~/kept; echo work > work.txt; exit 3";
        var run = await installation.RunInAsync(repository.Path, "run", "--name", "kept", "--yes", "--", "sh", "-c", script);
        run.Code.ShouldBe(3, run.All);
        run.Error.ShouldContain("caisson resume kept-");
        (await StateAsync("kept")).ShouldBe("preserved");

        var resumed = await installation.RunInAsync(repository.Path, "resume", "kept");
        resumed.ShouldSucceed().Out.ShouldBe("home\nwork\n");

        // Exit 0, but its work was not applied: it is kept, and the command says so.
        resumed.Error.ShouldContain("caisson diff kept-");
        (await StateAsync("kept")).ShouldBe("preserved");
        (await installation.RunAsync("rm", "kept")).ShouldSucceed();
        (await StateAsync("kept")).ShouldBeNull();
    }

    [Fact]
    public async Task Keep_AndRm_OverrideTheExitCode()
    {
        (await RunAsync("keep", ["--keep"], "exit 0")).Code.ShouldBe(0);
        (await StateAsync("keep")).ShouldBe("preserved");
        (await installation.RunAsync("rm", "keep")).ShouldSucceed();
        (await RunAsync("remove", ["--rm"], "exit 4")).Code.ShouldBe(4);
        (await StateAsync("remove")).ShouldBeNull();
    }

    [Fact]
    public async Task Stop_KeepsIt_AndExecAndAttachSaySo()
    {
        await using var session = Session.Start(
            installation.Describe(["run", "--name", "stopped", "--yes", "--", "sh", "-c", "echo ready; exec sleep 100000"])
        );
        await session.ReadUntilAsync("ready");
        (await StateAsync("stopped")).ShouldBe("running");
        var exec = await installation.RunAsync("exec", "stopped", "--", "sh", "-c", "echo from exec; exit 7");
        exec.Code.ShouldBe(7, exec.All);
        exec.Out.ShouldBe("from exec\n");

        (await installation.RunAsync("stop", "stopped")).ShouldSucceed();
        await session.EndAsync();

        (await StateAsync("stopped")).ShouldBe("stopped");
        foreach (var verb in new[] { "exec", "attach" })
        {
            var refused = await installation.RunAsync([verb, "stopped", .. verb == "exec" ? ["--", "true"] : Array.Empty<string>()]);
            refused.Code.ShouldBe(3, refused.All);
            refused.Error.ShouldContain("caisson resume stopped-");
        }
        (await installation.RunAsync("rm", "stopped")).ShouldSucceed();
    }

    [Theory]
    [InlineData("attach")]
    [InlineData("exec")]
    [InlineData("logs")]
    [InlineData("stop")]
    [InlineData("rm")]
    [InlineData("resume")]
    [InlineData("diff")]
    [InlineData("apply")]
    public async Task AnUnknownSandbox_IsNamed_WithExitTwo(string verb)
    {
        var outcome = await installation.RunAsync([verb, "nobody", .. verb == "exec" ? ["--", "true"] : Array.Empty<string>()]);
        outcome.Code.ShouldBe(2, outcome.All);
        outcome.Error.ShouldContain("'nobody'");
        outcome.Error.ShouldContain("caisson ls");
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string name, string[] options, string script)
    {
        var run = await installation.RunAsync(["run", "--name", name, "--yes", .. options, "--", "sh", "-c", script]);
        return (run.Code, run.Out, run.Error);
    }

    private async Task<string?> StateAsync(string name) =>
        (await installation.ListAsync()).SingleOrDefault(sandbox => sandbox.Name == name)?.State;
}
