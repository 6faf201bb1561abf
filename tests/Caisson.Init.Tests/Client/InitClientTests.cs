using System.Net.Sockets;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Client;

/// <summary>The client against peers that do not behave; the sandbox on the other side is not trusted.</summary>
public sealed class InitClientTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ic-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Says_WhereNobodyAnswers()
    {
        var error = await Should.ThrowAsync<InitException>(() => InitClient.ConnectAsync(Path.Combine(_directory, "gone.sock")));

        error.Code.ShouldBe("unreachable");
        error.Message.ShouldContain("gone.sock");
    }

    [Theory]
    [InlineData("", "disconnected")]
    [InlineData("00", "disconnected")]
    [InlineData("0000000581", "disconnected")]
    [InlineData("00000000", "disconnected")]
    [InlineData("0000000000", "protocol")]
    [InlineData("FFFFFFFF81", "protocol")]
    [InlineData("0000000190", "protocol")]
    [InlineData("00000003817B7D", "protocol")]
    [InlineData("0000000381FFFF", "protocol")]
    [InlineData("00000005816E756C6C", "protocol")]
    public async Task Survives_AnyAnswer(string answer, string code)
    {
        var path = Path.Combine(_directory, "peer.sock");
        using var listener = Listen(path);
        var serving = AnswerAsync(listener, Convert.FromHexString(answer));

        var error = await Should.ThrowAsync<InitException>(() => new InitClient(path).InfoAsync().WaitAsync(TestSandbox.Patience));

        error.Code.ShouldBe(code);
        await serving;
    }

    [Fact]
    public async Task Reaches_SocketsAtLongPaths()
    {
        var deep = Path.Combine(_directory, new string('d', 120));
        Directory.CreateDirectory(deep);
        using var listener = Listen(Path.Combine(_directory, "peer.sock"));
        File.CreateSymbolicLink(Path.Combine(deep, "init.sock"), Path.Combine(_directory, "peer.sock"));
        var serving = AnswerAsync(listener, [0, 0, 0, 1, 0x80]);

        await new InitClient(Path.Combine(deep, "init.sock")).ForgetAsync(1).WaitAsync(TestSandbox.Patience);

        await serving;
    }

    [Fact]
    public async Task Asks_UntilPidOneAnswers_WithPausesThatDoubleUpToHalfASecond()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var path = Path.Combine(_directory, "late.sock");
        var time = new SteppedTime(pauses => pauses == 9 ? () => File.CreateSymbolicLink(path, sandbox.Client.SocketPath) : null);

        var client = await InitClient.WaitUntilReadyAsync(path, InitClient.ReadyLimit, () => true, time).WaitAsync(TestSandbox.Patience);

        (await client.InfoAsync()).SandboxId.ShouldBe(TestSandbox.Id);
        time.Pauses.ShouldBe([10, 20, 40, 80, 160, 320, 500, 500, 500]);
    }

    [Fact]
    public async Task Says_SandboxNotReady_WhenTheLimitHasPassed()
    {
        var time = new SteppedTime(_ => null);

        var error = await Should.ThrowAsync<InitException>(() =>
            InitClient
                .WaitUntilReadyAsync(Path.Combine(_directory, "never.sock"), InitClient.ReadyLimit, () => true, time)
                .WaitAsync(TestSandbox.Patience)
        );

        error.Code.ShouldBe("sandbox_not_ready");
        error.Message.ShouldContain("within 30 s");
        error.Message.ShouldContain("never.sock");
        time.Pauses.Sum().ShouldBeInRange(30_000, 30_500);
    }

    [Fact]
    public async Task Says_SandboxNotReady_AtOnce_WhenPidOneHasEnded()
    {
        var error = await Should.ThrowAsync<InitException>(() =>
            InitClient.WaitUntilReadyAsync(
                Path.Combine(_directory, "gone.sock"),
                InitClient.ReadyLimit,
                () => false,
                new SteppedTime(_ => throw new InvalidOperationException("waited"))
            )
        );

        error.Code.ShouldBe("sandbox_not_ready");
    }

    [Theory]
    [InlineData(true, 1, null)]
    [InlineData(true, 2, "disconnected")]
    [InlineData(false, 1, "disconnected")]
    public async Task Runs_AnIdempotentCommandOnceMore_WhenTheConnectionFails(bool idempotent, int failures, string? code)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var path = Path.Combine(_directory, "peer.sock");
        using var listener = Listen(path);
        var failing = FailAsync();
        var run = new InitClient(path).ExecAsync(new ExecRequest { Arguments = ["/bin/echo", "done"], Idempotent = idempotent });

        await failing.WaitAsync(TestSandbox.Patience);

        if (code is null)
        {
            (await run.WaitAsync(TestSandbox.Patience)).Output.ShouldBe("done\n");
        }
        else
        {
            (await Should.ThrowAsync<InitException>(() => run.WaitAsync(TestSandbox.Patience))).Code.ShouldBe(code);
        }

        async Task FailAsync()
        {
            for (var failure = 1; failure <= failures; failure++)
            {
                using var peer = await listener.AcceptAsync();
                await peer.ReceiveAsync(new byte[1024]);
                if (failure == failures)
                {
                    // Whoever tries again reaches the sandbox itself.
                    File.Delete(path);
                    File.CreateSymbolicLink(path, sandbox.Client.SocketPath);
                }
            }
        }
    }

    private static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    private static async Task AnswerAsync(Socket listener, byte[] answer)
    {
        using var peer = await listener.AcceptAsync();
        await peer.ReceiveAsync(new byte[1024]);
        await peer.SendAsync(answer);
    }
}
