using System.Net.Security;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;

namespace Caisson.Gateway.Tests.Http;

/// <summary>The same request gets the same verdict, rule and reason in whatever form it comes.</summary>
public sealed class ProxyFormsTests
{
    private static readonly Route Docs = Lab.Route(
        "h.example",
        r => r with { Match = [Lab.Rule(null, ["GET"], new PathRule(PathMatch.Prefix, "/docs"))] }
    );

    [Theory]
    [InlineData("h.example", "/docs/a", "allow", null)]
    [InlineData("h.example", "/other", "deny", "rule_denied")]
    [InlineData("not.example", "/docs", "deny", "no_route")]
    public async Task Gives_TheSameVerdict_InEveryForm(string host, string path, string verdict, string? reason)
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null);
        var clear = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Docs], [upstream, clear]);
        var request = $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n";
        var absolute = request.Replace($"GET {path}", $"GET http://{host}{path}");

        await lab.Client(host, 80).ExchangeAsync(request);
        await lab.Client(host, 80).ExchangeAsync(absolute);
        await lab.Client("caisson.internal", 3128).ExchangeAsync(absolute);
        await using (var direct = await lab.Client(host).ConnectTlsAsync())
            await SandboxClient.ExchangeAsync(direct, request);
        await using (var tunnel = await lab.Client("caisson.internal", 3128).ConnectAsync())
            await ThroughTunnelAsync(lab, tunnel, host, request);

        var records = await lab.RecordsAsync(5);
        records.Count.ShouldBe(5);
        records.ShouldAllBe(r => r.Host == host && r.Verdict == verdict && r.Reason == reason && r.Rule == records[0].Rule);
    }

    [Theory]
    [InlineData("no.example:443", "no_route")]
    [InlineData("203.0.113.9:443", "raw_ip")]
    [InlineData("[2001:db8::9]:443", "raw_ip")]
    public async Task Denies_Connect_BeforeThereIsATunnel(string target, string reason)
    {
        await using var lab = await Lab.StartAsync([Docs]);

        var answer = await lab.Client("caisson.internal", 3128).ExchangeAsync($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldContain($"\"reason\": \"{reason}\"");
        answer.ShouldContain("x-caisson-decision: deny");
        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData("CONNECT h.example HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT h.example:0 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT u@h.example:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT h.example:443\r\n\r\n")]
    [InlineData("CONNECT h.example:443 HTTP/1.1\nX: y\r\n\r\n")]
    [InlineData("CONNECT 0x7f.1:443 HTTP/1.1\r\n\r\n", 403)]
    public async Task Refuses_AMalformedConnect(string request, int status = 400)
    {
        await using var lab = await Lab.StartAsync([Docs]);

        (await lab.Client("caisson.internal", 3128).ExchangeAsync(request)).ShouldStartWith($"HTTP/1.1 {status} ");
    }

    [Fact]
    public async Task Refuses_ConnectInsideAConnection()
    {
        await using var lab = await Lab.StartAsync([Docs]);

        var answer = await lab.Client("h.example", 80)
            .ExchangeAsync("CONNECT h.example:80 HTTP/1.1\r\nHost: h.example:80\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 40");
        lab.Records.ShouldHaveSingleItem().Verdict.ShouldBe("deny");
    }

    [Fact]
    public async Task Refuses_AnotherHost_InsideATunnel()
    {
        await using var lab = await Lab.StartAsync([Docs, Lab.Route("b.example")]);
        await using var tunnel = await lab.Client("caisson.internal", 3128).ConnectAsync();

        var answer = await ThroughTunnelAsync(lab, tunnel, "h.example", "GET / HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n");

        answer.ShouldContain("host_mismatch");
    }

    [Fact]
    public async Task Closes_ATunnel_ThatCarriesSomethingElse()
    {
        await using var lab = await Lab.StartAsync([Docs]);
        await using var tunnel = await lab.Client("caisson.internal", 3128).ConnectAsync();

        await tunnel.WriteAsync("CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n"u8.ToArray());
        (await tunnel.ReadAtLeastAsync(new byte[39], 39)).ShouldBe(39);

        (await SandboxClient.ExchangeAsync(tunnel, "\x01\x02\x03")).ShouldBeEmpty();

        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("protocol_mismatch");
    }

    [Theory]
    [InlineData("\x05\x01\x00")]
    [InlineData("\x04\x01\x00\x50\x01\x02\x03\x04\x00")]
    public async Task Closes_ASocksGreeting_WithinASecond_AndRecordsIt(string greeting)
    {
        await using var lab = await Lab.StartAsync([Docs]);
        var start = System.Diagnostics.Stopwatch.GetTimestamp();

        (await lab.Client("caisson.internal", 3128).ExchangeAsync(greeting)).ShouldBeEmpty();

        System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(1);
        lab.Records.ShouldHaveSingleItem().Protocol.ShouldBe("socks");
    }

    private static async Task<string> ThroughTunnelAsync(Lab lab, Stream tunnel, string host, string request)
    {
        await tunnel.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n"));
        var buffer = new byte[4096];
        var read = await tunnel.ReadAsync(buffer);
        var answer = System.Text.Encoding.ASCII.GetString(buffer, 0, read);
        if (!answer.StartsWith("HTTP/1.1 200 "))
            return answer;
        var tls = new SslStream(tunnel);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = SandboxClient.Trust(lab) }
        );
        return await SandboxClient.ExchangeAsync(tls, request);
    }
}
