using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Network;

/// <summary>Ways out that an agent would try. Each fails at once and says why where its protocol can.</summary>
public sealed class AttemptTests(NetworkSandbox sandbox) : IClassFixture<NetworkSandbox>
{
    /// <summary>Measured inside; 50 ms is usual, the rest is for busy machines. Whatever waits for a time-out takes longer.</summary>
    private const int AtOnceMilliseconds = 3000;

    [Fact]
    public async Task LoopbackIsTheOnlyInterface()
    {
        var devices = (await sandbox.ShellAsync("cat /proc/net/dev")).ShouldSucceed().Out;
        devices.Split('\n').Skip(2).Where(line => line.Contains(':')).ShouldHaveSingleItem().TrimStart().ShouldStartWith("lo:");
    }

    [Fact]
    public async Task ADeniedName_ResolvesToASyntheticAddress_AndOtherTypesToNothingWithAReason()
    {
        var address = (await sandbox.ShellAsync("dig +short A evil.example")).ShouldSucceed().Out.Trim();
        address.ShouldMatch(@"^198\.1[89]\.\d+\.\d+$");
        var text = (await sandbox.ShellAsync("dig TXT evil.example")).ShouldSucceed().Out;
        text.ShouldContain("status: NOERROR");
        text.ShouldContain("ANSWER: 0");
        text.ShouldMatch(@"EDE: 15");
    }

    [Theory]
    [InlineData("http://1.1.1.1/")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[2606:4700:4700::1111]/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    public async Task ALiteralOnAWebPort_IsAnsweredInProtocol(string url)
    {
        var outcome = await TimedAsync($"curl -ksS -m 20 '{url}'");
        outcome.ShouldContain("raw_ip");
    }

    [Theory]
    [InlineData("8.8.8.8", 53)]
    [InlineData("1.1.1.1", 22)]
    [InlineData("10.0.0.1", 5432)]
    [InlineData("169.254.169.254", 8080)]
    [InlineData("2606:4700:4700::1111", 9999)]
    public async Task ALiteralOnAnotherPort_IsResetAtOnce(string address, int port)
    {
        var outcome = await TimedAsync(
            $"exec 3<>/dev/tcp/{address}/{port.ToString(CultureInfo.InvariantCulture)} && timeout 20 cat <&3; echo \"ended $?\""
        );
        outcome.ShouldMatch("reset|refused|unreachable");
    }

    [Fact]
    public async Task UdpFailsAtOnce()
    {
        var outcome = await TimedAsync(
            "echo x > /dev/udp/8.8.8.8/53; echo \"ended $?\"; dig +time=20 +tries=1 @8.8.8.8 example.org A | tail -3"
        );
        outcome.ShouldMatch("unreachable|refused");
        outcome.ShouldNotContain("ended 0");
    }

    [Fact]
    public async Task PingFailsAtOnce()
    {
        var outcome = await TimedAsync("ping -c 1 -W 20 1.1.1.1 && echo reached; command -v ping || echo unreachable");
        outcome.ShouldNotContain("reached\n");
    }

    [Fact]
    public async Task AHostsListener_IsNotReached()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var outcome = await TimedAsync(
            $"for a in 127.0.0.1 localhost ::1; do curl -sS -m 20 http://$a:{port}/ || true; (exec 3<>/dev/tcp/$a/{port}) && echo connected; done; true"
        );
        outcome.ShouldNotContain("connected");
        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task AnotherSandboxesLoopback_IsNotReached()
    {
        await using var other = Session.Start(
            sandbox.Installation.Describe(["run", "--name", "other", "--yes", "--rm", "--", "node", "-e", Listener(5433, "127.0.0.1")])
        );
        await other.ReadUntilAsync("ready");
        var outcome = await TimedAsync("(exec 3<>/dev/tcp/127.0.0.1/5433) && echo connected; true");
        outcome.ShouldNotContain("connected");
        (await sandbox.Installation.RunAsync("rm", "other")).ShouldSucceed();
    }

    [Theory]
    [InlineData("127.0.0.1", 5432)]
    [InlineData("0.0.0.0", 8080)]
    public async Task AServerInside_IsReachedInside(string address, int port)
    {
        var listener = Listener(port, address).Replace("'", "\"");
        var outcome = await sandbox.ShellAsync(
            $"node -e '{listener}' > /tmp/{port} & until grep -q ready /tmp/{port}; do sleep 0.02; done; curl -sS -m 20 http://127.0.0.1:{port}/; kill %1"
        );
        outcome.Out.ShouldBe("from inside", outcome.All);
    }

    [Fact]
    public async Task ARefusal_SaysReasonRuleAndWhatToDo()
    {
        var outcome = await TimedAsync("curl -sS -m 20 -i https://not-allowed.example/");
        outcome.ShouldContain("no_route");
        outcome.ShouldContain("not-allowed.example");
        outcome.ShouldContain("x-caisson-id");
        outcome.ShouldMatch("HTTP/(1.1|2) 403");
        var path = await TimedAsync("curl -sS -m 20 https://example.org/private");
        path.ShouldContain("rule_denied");
        path.ShouldContain("/docs");

        var logs = (await sandbox.Installation.RunAsync("logs", NetworkSandbox.Name)).ShouldSucceed().Out;
        logs.ShouldContain("not-allowed.example");
        logs.ShouldContain("no_route");
    }

    private static string Listener(int port, string address) =>
        $"require('http').createServer((q,s)=>s.end('from inside')).listen({port.ToString(CultureInfo.InvariantCulture)},'{address}',()=>console.log('ready'))";

    /// <summary>Output and errors of a script that has to end at once.</summary>
    private async Task<string> TimedAsync(string script)
    {
        var outcome = await sandbox.ShellAsync(
            $"s=$(date +%s%N); {{ {script}; }} 2>&1; echo; echo \"took $(( ($(date +%s%N) - s) / 1000000 ))\""
        );
        outcome.ShouldSucceed();
        var mark = outcome.Out.LastIndexOf("took ", StringComparison.Ordinal);
        int.Parse(outcome.Out[(mark + 5)..], CultureInfo.InvariantCulture).ShouldBeLessThan(AtOnceMilliseconds, outcome.Out);
        return outcome.Out[..mark];
    }
}
