using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Caisson.Init.Landlock;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Exit;
using Caisson.Init.Protocol.Probe;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Probe;

public sealed class ProbeTests
{
    private static readonly ProbeRequest s_plan = new()
    {
        SandboxId = TestSandbox.Id,
        WritableMounts = ["/home/agent", "/tmp", "/run"],
        ReadOnlyMounts = ["/usr", "/etc"],
        OpenFiles = 65_536,
    };

    public static bool HasLandlock => WriteRules.Version() >= WriteRules.LeastVersion;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Proves_AGoodSandbox(bool asRoot)
    {
        await using var sandbox = await TestSandbox.StartAsync(asRoot: asRoot);
        await using var gateway = new TestGateway(sandbox.ExitSocket, AnswerAsync);

        var report = await ProbeAsync(sandbox, s_plan);

        report.Checks.Where(check => !check.Ok).ShouldBeEmpty();
        report.Ok.ShouldBeTrue();
        report.Checks.Single(check => check.Name == "gateway").Detail.ShouldBe($"answers as {TestSandbox.Id}");
        report.Checks.Single(check => check.Name == "connect 169.254.169.254:80").Detail.ShouldBe("the gateway's refusal");
        report.Microseconds.ShouldBeLessThan(250_000);
    }

    [Fact]
    public async Task Accepts_ResetsOfAnAbsentGatewayForOutsideAddresses_ButNotItsAbsence()
    {
        await using var sandbox = await TestSandbox.StartAsync();

        var report = await ProbeAsync(sandbox, s_plan);

        report.Checks.Where(check => !check.Ok).Select(check => check.Name).ShouldBe(["gateway"]);
    }

    [Fact]
    public async Task Fails_WhenAnotherSandboxesGatewayAnswers()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var gateway = new TestGateway(sandbox.ExitSocket, AnswerAsync);

        var report = await ProbeAsync(sandbox, s_plan with { SandboxId = "other-00001" });

        report.Checks.Where(check => !check.Ok).Select(check => check.Name).ShouldBe(["gateway"]);
    }

    [Fact]
    public async Task Fails_WhenTheOutsideAnswersInsteadOfTheGateway()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await using var gateway = TestGateway.Saying(sandbox.ExitSocket, "HTTP/1.1 200 OK\r\n\r\nmetadata");

        var report = await ProbeAsync(sandbox, s_plan with { Gateway = false });

        report
            .Checks.Where(check => !check.Ok)
            .Select(check => check.Name)
            .ShouldBe(["connect 1.1.1.1:443", "connect 169.254.169.254:80", "connect [2606:4700:4700::1111]:80"]);
    }

    [Fact]
    public async Task Fails_WhenTheGatewayDoesNotDecideInTime()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var done = new TaskCompletionSource();
        await using var gateway = new TestGateway(sandbox.ExitSocket, (_, _) => done.Task);

        var report = await ProbeAsync(sandbox, s_plan);
        done.SetResult();

        report.Checks.Single(check => check.Name == "gateway").Detail.ShouldBe("undecided after 250 ms");
    }

    [Fact]
    public async Task Names_AMountThatWasNotPlanned()
    {
        await using var sandbox = await TestSandbox.StartAsync(moreArguments: ["--tmpfs", "/home/agent/more"]);

        var report = await ProbeAsync(sandbox, s_plan with { Gateway = false });

        report.Checks.Single(check => !check.Ok).Detail.ShouldBe("/home/agent/more is writable");
    }

    [Fact]
    public async Task Names_ALimitThatIsHigherThanPlanned()
    {
        await using var sandbox = await TestSandbox.StartAsync();

        var report = await ProbeAsync(sandbox, s_plan with { Gateway = false, OpenFiles = 100 });

        report.Checks.Single(check => !check.Ok).Name.ShouldBe("limit open_files");
    }

    [Fact]
    public async Task Sees_SocketsThatAreNotHidden()
    {
        await using var sandbox = await TestSandbox.StartAsync(config => config with { HideSocketDirectory = false });

        var report = await ProbeAsync(
            sandbox,
            s_plan with
            {
                Gateway = false,
                WritableMounts = ["/home/agent", "/tmp", "/run", "/run/caisson"],
            }
        );

        report.Checks.Single(check => !check.Ok).Name.ShouldBe("sockets");
    }

    [Fact(Skip = "the kernel has no Landlock", SkipUnless = nameof(HasLandlock))]
    public async Task Sees_AMissingLandlockDomain()
    {
        // Outside of any sandbox, as a user without capabilities: as the kernel answers who is in no domain.
        string[] command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", InitBinary.Path, "probe"];
        using var probe = Process.Start(
            new ProcessStartInfo(command[0], command[1..])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        await probe.StandardInput.BaseStream.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(s_plan with { Gateway = false, TimeoutMilliseconds = 0 }, InitJson.Default.ProbeRequest)
        );
        probe.StandardInput.Close();
        var report = JsonSerializer.Deserialize(
            await probe.StandardOutput.ReadToEndAsync().WaitAsync(TestSandbox.Patience),
            InitJson.Default.ProbeReport
        )!;

        report.Checks.Single(check => check.Name == "landlock").Detail.ShouldStartWith("not in a domain");
    }

    private static async Task<ProbeReport> ProbeAsync(TestSandbox sandbox, ProbeRequest plan)
    {
        sandbox.Ready.Ready.ShouldBeTrue(sandbox.Ready.Cause);
        var result = await sandbox.Client.ExecAsync(
            new ExecRequest
            {
                Arguments = ["/caisson-init", "probe"],
                Input = JsonSerializer.SerializeToUtf8Bytes(plan, InitJson.Default.ProbeRequest),
                Timeout = TestSandbox.Patience,
            }
        );
        var report = JsonSerializer.Deserialize(result.Stdout.Span, InitJson.Default.ProbeReport)!;
        result.ExitCode.ShouldBe(report.Ok ? 0 : 1);
        return report;
    }

    private static async Task AnswerAsync(ExitHeader header, Socket socket)
    {
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer);
        var answer = (header.Authority, header.Destination.Port) switch
        {
            ("caisson.internal", 80) => Encoding.ASCII.GetBytes(
                $$"""
                HTTP/1.1 200 OK
                Content-Type: application/json

                {"sandbox":"{{TestSandbox.Id}}"}
                """.ReplaceLineEndings("\r\n")
            ),
            (_, 80) => "HTTP/1.1 403 Forbidden\r\nX-Caisson-Decision: deny raw_ip\r\n\r\n"u8.ToArray(),
            _ => [0x15, 3, 3, 0, 2, 2, 40],
        };
        await socket.SendAsync(answer);
    }
}
