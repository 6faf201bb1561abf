using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Survival;

/// <summary>What runs in a sandbox is no child of the server: its end, wanted or not, loses nothing.</summary>
public sealed class ServerDeathTests
{
    /// <summary>
    /// The program works with the host through two FIFOs in its home, so that it can be told to go on, and be waited for, while no server runs.
    /// </summary>
    private const string Program = """
        mkfifo ~/go ~/done
        echo before
        read word < ~/go
        seq 1 3000
        start=$(date +%s%N)
        curl -sS -m 20 -o /dev/null https://example.org/docs/start; echo "meanwhile $?" > ~/meanwhile
        echo $(( ($(date +%s%N) - start) / 1000000 )) >> ~/meanwhile
        echo done > ~/done
        read word < ~/go
        curl -sS -m 20 https://example.org/docs/again
        echo after
        exit 3
        """;

    private static readonly string Expected =
        "before\n" + string.Concat(Enumerable.Range(1, 3000).Select(number => $"{number}\n")) + "Stand-in documentation: again\nafter\n";

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task AProgramLivesOn_AndAttachShowsEveryByte(string signal)
    {
        await using var installation = await Installation.StartAsync();
        await using var session = Session.Start(
            installation.Describe(
                ["run", "--name", "survivor", "--policy", "web", "--yes", "--", "sh", "-c", Program],
                environment: installation.KeyVariables
            )
        );
        await session.ReadUntilAsync("before");
        var authority = await ExecAsync(installation, "cat \"$SSL_CERT_FILE\" | sha256sum");
        var id = (await installation.ListAsync()).ShouldHaveSingleItem().Id;
        var home = Path.Combine(installation.Home, "sandboxes", id, "home");

        await installation.EndServerAsync(signal);
        await session.EndAsync();
        await GoOnAsync(home);
        (await ReadAsync(Path.Combine(home, "done"))).ShouldBe("done\n");

        // Nothing leaves while no gateway is there, and nothing hangs.
        var meanwhile = await File.ReadAllLinesAsync(Path.Combine(home, "meanwhile"));
        meanwhile[0].ShouldNotBe("meanwhile 0");
        int.Parse(meanwhile[1], System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(3000);

        await installation.ServeAsync();
        (await installation.ListAsync()).ShouldHaveSingleItem().State.ShouldBe("running");
        (await ExecAsync(installation, "cat \"$SSL_CERT_FILE\" | sha256sum")).ShouldBe(authority);
        (await ExecAsync(installation, "curl -sS -m 20 https://example.org/docs/start")).ShouldBe("Stand-in documentation: start\n");

        await using var attached = Session.Start(installation.Describe(["attach", "survivor"]));
        await attached.ReadUntilAsync("before");
        await GoOnAsync(home);
        var (code, rest, errors) = await attached.EndAsync();
        ("before\n" + rest).ShouldBe(Expected, errors);
        code.ShouldBe(3, errors);
        errors.ShouldContain($"caisson resume {id}");
    }

    [Fact]
    public async Task AnAgentOnATerminalLivesOn_AndAnswersAfterwards()
    {
        await using var installation = await Installation.StartAsync();
        await installation.InstallAsync("claude");
        using var repository = await Repository.CreateAsync();
        await using (
            var screen = await Screen.StartAsync(
                installation.Describe(
                    ["run", "claude", "--policy", "web", "--prompt", "[write first.txt: one]", "--yes", "--name", "agent"],
                    repository.Path,
                    installation.KeyVariables
                )
            )
        )
        {
            await screen.WaitForAsync(text => text.Contains("first.txt is written.", StringComparison.Ordinal), "Enter");
            await installation.EndServerAsync("KILL");
            await screen.WaitForAsync(text => text.Contains("ENDED with", StringComparison.Ordinal));
        }

        await installation.ServeAsync();
        await using var again = await Screen.StartAsync(installation.Describe(["attach", "agent"], repository.Path));
        await again.WaitForAsync(text => text.Contains("first.txt is written.", StringComparison.Ordinal), "Enter");
        await again.PressAsync("-l", "[write second.txt: two]");
        await again.WaitForAsync(text => text.Contains("[write second.txt: two]", StringComparison.Ordinal));
        await again.WaitForAsync(text => text.Contains("second.txt is written.", StringComparison.Ordinal), "Enter");
        var diff = (await installation.RunAsync("diff", "agent")).ShouldSucceed().Out;
        diff.ShouldContain("+++ b/first.txt");
        diff.ShouldContain("+++ b/second.txt");
    }

    private static async Task<string> ExecAsync(Installation installation, string script) =>
        (await installation.RunAsync("exec", "survivor", "--", "sh", "-c", script)).ShouldSucceed().Out;

    private static async Task GoOnAsync(string home) =>
        (await Command.RunAsync("sh", "-c", "echo go > \"$0\"", Path.Combine(home, "go"))).ShouldSucceed();

    private static async Task<string> ReadAsync(string fifo) => (await Command.RunAsync("cat", fifo)).ShouldSucceed().Out;
}
