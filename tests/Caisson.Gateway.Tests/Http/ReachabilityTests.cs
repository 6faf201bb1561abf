using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Caisson.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Http;

/// <summary>What happens when an allowed upstream is not where it should be, or takes too long.</summary>
public sealed class ReachabilityTests
{
    [Fact]
    public async Task Refuses_AnAllowedName_ThatResolvesToThisHost()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("localhost")]);
        using var http = lab.Http();

        var answer = await http.GetAsync("http://localhost/");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("private_address");
    }

    [Fact]
    public async Task Reaches_APrivateAddress_ThatItsRouteAllows()
    {
        var upstream = await TestUpstream.StartAsync(["localhost"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([
            Lab.Route("localhost", r => r with { Ports = [upstream.Port], AllowPrivate = ["127.0.0.0/8", "::1/128"] }),
        ]);
        using var http = lab.Http();

        (await http.GetAsync($"http://localhost:{upstream.Port}/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await upstream.DisposeAsync();
    }

    [Fact]
    public async Task Keeps_RoutesWithOtherRanges_OffEachOthersConnections()
    {
        // Two hosts at one private address; only the first may go there.
        var upstream = await TestUpstream.StartAsync(["localhost"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([
            Lab.Route("localhost", r => r with { Ports = [upstream.Port], AllowPrivate = ["127.0.0.0/8", "::1/128"] }),
        ]);
        using var http = lab.Http();
        (await http.GetAsync($"http://localhost:{upstream.Port}/")).StatusCode.ShouldBe(HttpStatusCode.OK);

        lab.Exit.Replace(
            Caisson.Policy.Decisions.RouteTable.Compile([Lab.Route("localhost", r => r with { Ports = [upstream.Port] })]),
            new TestCredentials()
        );

        (await http.GetAsync($"http://localhost:{upstream.Port}/")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await upstream.DisposeAsync();
    }

    [Fact]
    public async Task Says_ThatAConnectionWasRefused()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], resolve: [$"h.example:443:127.0.0.1:{port}"]);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("connection refused (stage: connect)");
        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("upstream_unreachable");
    }

    [Fact]
    public async Task Says_ThatANameDoesNotResolve()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("nothing.invalid")]);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://nothing.invalid/");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("stage: name lookup");
    }

    [Fact]
    public async Task Gives_UpOnAConnection_AfterTheConnectLimit()
    {
        // A full backlog answers no further hello: the kernel drops it.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        using var first = new TcpClient();
        await first.ConnectAsync(IPAddress.Loopback, port);
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            resolve: [$"h.example:443:127.0.0.1:{port}"],
            timeouts: new GatewayTimeouts { Connect = TimeSpan.FromMilliseconds(400), Handshake = TimeSpan.FromMilliseconds(400) }
        );
        using var http = lab.Http();
        var start = Stopwatch.GetTimestamp();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("upstream_timeout");
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(5);
    }

    [Fact]
    public async Task Gives_UpOnAHandshake_WithItsStage()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            resolve: [$"h.example:443:127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"],
            timeouts: new GatewayTimeouts { Connect = TimeSpan.FromMilliseconds(300), Handshake = TimeSpan.FromMilliseconds(300) }
        );
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("stage: handshake");
    }

    [Fact]
    public async Task Gives_UpOnAnAnswer_ThatDoesNotBegin()
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            context => Task.Delay(Timeout.Infinite, context.RequestAborted),
            tls: false
        );
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            [upstream],
            timeouts: new GatewayTimeouts { FirstByte = TimeSpan.FromMilliseconds(300) }
        );
        using var http = lab.Http();

        var answer = await http.GetAsync("http://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("stage: first answer byte");
    }

    [Fact]
    public async Task Ends_AnAnswer_ThatFallsSilent()
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            async context =>
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            tls: false
        );
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            [upstream],
            timeouts: new GatewayTimeouts { Idle = TimeSpan.FromMilliseconds(300) }
        );
        using var http = lab.Http();

        await Should.ThrowAsync<HttpRequestException>(() => http.GetStringAsync("http://h.example/"));

        (await lab.RecordsAsync(1)).ShouldHaveSingleItem().Reason.ShouldBe("upstream_timeout");
    }

    [Fact]
    public async Task Ends_ARequest_WhoseHeadDoesNotCome()
    {
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            timeouts: new GatewayTimeouts { RequestHeaders = TimeSpan.FromSeconds(1) }
        );
        await using var stream = await lab.Client("h.example", 80).ConnectAsync();

        (await SandboxClient.ExchangeAsync(stream, "GET / HTTP/1.1\r\nHost: h.ex")).ShouldStartWith("HTTP/1.1 408 ");
    }

    [Fact]
    public async Task Says_ThatAnAnswerIsNoHttp()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await other.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("SSH-2.0-x\r\n"u8.ToArray());
        });
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            resolve: [$"h.example:80:127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}"]
        );
        using var http = lab.Http();

        var answer = await http.GetAsync("http://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("no valid HTTP answer");
        await serving;
    }
}
