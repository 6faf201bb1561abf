using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;

namespace Caisson.Gateway.Tests.Connections;

public sealed class ConnectionRouterTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 443\r\n")]
    public async Task Closes_AConnectionWithoutHeader(string bytes)
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")]);
        await using var stream = await lab.Client("h.example").ConnectRawAsync();

        (await SandboxClient.ExchangeAsync(stream, bytes)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Closes_AConnectionWhoseHeaderDoesNotCome()
    {
        await using var lab = await Lab.StartAsync([], timeouts: new GatewayTimeouts { Identify = TimeSpan.FromMilliseconds(200) });
        await using var stream = await lab.Client("h.example").ConnectRawAsync();

        (await SandboxClient.ExchangeAsync(stream, "\r\n\r\n")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reads_AHeaderAndHello_ThatComeByteByByte()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        var client = lab.Client("h.example", 80);
        await using var stream = await client.ConnectRawAsync();

        foreach (var b in client.Header().Concat("GET /slow HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n"u8.ToArray()))
            await stream.WriteAsync(new[] { b });
        using var limit = new CancellationTokenSource(Soon);

        (await SandboxClient.ReadToEndAsync(stream, limit.Token)).ShouldContain("GET /slow");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Serves_OnlyTheProcess_ThatMayUseTheSocket(int offset, bool served)
    {
        await using var lab = await Lab.StartAsync([], exit: o => o with { ExpectedPeerPid = Environment.ProcessId + offset });

        var answer = await lab.Client("h.example", 80).ExchangeAsync("GET / HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");

        answer.StartsWith("HTTP/1.1 403").ShouldBe(served);
    }

    [Fact]
    public async Task ASandboxThatStops_WhileAConnectionBegins_IsNoFault()
    {
        var log = new CapturedLog();
        await using var lab = await Lab.StartAsync([], loggers: log);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(lab.Exit.SocketPath));
        await lab.Exit.DisposeAsync();
        socket.Dispose();

        await lab.Host.Router.RunAsync(lab.Exit, socket, lab.Host.Connections, _ => { });

        log.Text.ShouldContain("a connection ended early");
        log.Text.ShouldNotContain("a connection failed");
    }

    [Fact]
    public async Task Makes_TheSocket_ForItsOwnerOnly()
    {
        await using var lab = await Lab.StartAsync([]);

        File.GetUnixFileMode(lab.Exit.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("\x01\x02\x03 unknown", "tcp")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "ssh")]
    [InlineData("\x05\x01\x00", "socks")]
    [InlineData("\x04\x01\x00\x50", "socks")]
    [InlineData("ANOVERLYLONGMETHODNAMETHATNOBODYUSES / HTTP/1.1\r\n", "tcp")]
    public async Task Resets_OtherProtocolsOnAnHttpRoute_AndRecordsThem(string bytes, string protocol)
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example", r => r with { Ports = [443, 22] })]);
        await using var stream = await lab.Client("h.example").ConnectAsync();
        var start = Stopwatch.GetTimestamp();

        (await SandboxClient.ExchangeAsync(stream, bytes)).ShouldBeEmpty();

        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(1);
        var record = lab.Records.ShouldHaveSingleItem();
        (record.Reason, record.Protocol).ShouldBe(("protocol_mismatch", protocol));
    }

    [Fact]
    public async Task Refuses_SilenceOnAnHttpRoute_AfterTheLimit()
    {
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            timeouts: new GatewayTimeouts { Classify = TimeSpan.FromMilliseconds(200) }
        );
        await using var stream = await lab.Client("h.example").ConnectAsync();

        (await SandboxClient.ExchangeAsync(stream, "")).ShouldBeEmpty();

        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("protocol_mismatch");
    }

    [Fact]
    public async Task Relays_ATcpRoute_WhoseServerSpeaksFirst_AndCountsBytes()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await server.AcceptTcpClientAsync();
            var stream = client.GetStream();
            await stream.WriteAsync("220 ready\r\n"u8.ToArray());
            var buffer = new byte[100];
            var read = await stream.ReadAsync(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, read));
            (await stream.ReadAsync(buffer)).ShouldBe(0);
        });
        await using (
            var lab = await Lab.StartAsync(
                [Lab.Route("db.example", r => r with { Protocol = RouteProtocol.Tcp, Ports = [5432] })],
                resolve: [$"db.example:5432:127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}"]
            )
        )
        {
            await using var stream = await lab.Client("db.example", 5432).ConnectAsync();
            var buffer = new byte[100];
            var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(Soon);
            Encoding.ASCII.GetString(buffer, 0, read).ShouldBe("220 ready\r\n");
            await stream.WriteAsync("hello"u8.ToArray());
            read = await stream.ReadAsync(buffer).AsTask().WaitAsync(Soon);
            Encoding.ASCII.GetString(buffer, 0, read).ShouldBe("hello");
            stream.Socket.Shutdown(SocketShutdown.Send);
            (await stream.ReadAsync(buffer).AsTask().WaitAsync(Soon)).ShouldBe(0);
            await serving.WaitAsync(Soon);

            var record = (await lab.RecordsAsync(1))[0];
            (record.Verdict, record.RequestBytes, record.ResponseBytes).ShouldBe(("allow", 5, 16));
        }
    }

    [Fact]
    public async Task Relays_APassthroughRoute_Unopened_WhenTheServerNameFits()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example", r => r with { Tls = TlsMode.Passthrough })], [upstream]);
        await using var stream = await lab.Client("h.example").ConnectAsync();
        await using var tls = new System.Net.Security.SslStream(
            stream,
            false,
            (_, certificate, _, _) => certificate!.Issuer.Contains("Test upstream authority")
        );

        await tls.AuthenticateAsClientAsync("h.example");
        var answer = await SandboxClient.ExchangeAsync(tls, "GET / HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");

        answer.ShouldContain("hello from h.example");
    }

    [Theory]
    [InlineData("other.example")]
    [InlineData("")]
    public async Task Resets_APassthroughRoute_WhenTheServerNameDoesNotFit(string serverName)
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example", r => r with { Tls = TlsMode.Passthrough })], [upstream]);
        await using var stream = await lab.Client("h.example").ConnectAsync();
        await using var tls = new System.Net.Security.SslStream(stream, false, (_, _, _, _) => true);

        await Should.ThrowAsync<IOException>(() => tls.AuthenticateAsClientAsync(serverName));

        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("host_mismatch");
    }

    [Fact]
    public async Task Ends_EverythingAtOnce_WhenTheExitCloses()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        await using var stream = await lab.Client("h.example", 80).ConnectAsync();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n"u8.ToArray());
        (await stream.ReadAsync(new byte[4096]).AsTask().WaitAsync(Soon)).ShouldBeGreaterThan(0);

        await lab.Exit.DisposeAsync();

        (await SandboxClient.ReadToEndAsync(stream, new CancellationTokenSource(Soon).Token)).ShouldNotContain("HTTP/1.1");
        await Should.ThrowAsync<SocketException>(() => lab.Client("h.example", 80).ConnectAsync());
    }
}
