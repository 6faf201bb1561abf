using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Http;

public sealed class UpstreamTrustTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "expired", "expired or not yet valid" },
            { "future", "expired or not yet valid" },
            { "other host", "for another host" },
            { "self-signed", "self-signed" },
            { "unknown root", "not trusted" },
            { "tls 1.1", "TLS 1.2" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Refuses_AnUpstreamItCannotVerify_WithTheExactFault(string fault, string words)
    {
        var certificate = fault switch
        {
            "expired" => TestAuthority.Shared.Issue("h.example", Now.AddDays(-9), Now.AddDays(-2)),
            "future" => TestAuthority.Shared.Issue("h.example", Now.AddDays(2), Now.AddDays(9)),
            "other host" => TestAuthority.Shared.Issue("x.example"),
            "self-signed" => SelfSigned(),
            "unknown root" => new TestAuthority("Another authority").Issue("h.example"),
            _ => TestAuthority.Shared.Issue("h.example"),
        };
        await using var old = fault == "tls 1.1" ? new OldServer() : null;
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, certificate: certificate);
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example")],
            [upstream],
            resolve: old is null ? [] : [$"h.example:443:127.0.0.1:{old.Port}"]
        );
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        var body = await answer.Content.ReadAsStringAsync();
        body.ShouldContain("upstream_tls_invalid");
        body.ShouldContain(words);
        upstream.Requests.ShouldBeEmpty();
        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("upstream_tls_invalid");
    }

    [Fact]
    public async Task Trusts_TheAuthorityOfARoute_ForThatRouteOnly()
    {
        var own = new TestAuthority("Route authority");
        var upstream = await TestUpstream.StartAsync(["h.example", "x.example"], handler: null, certificate: own.Issue("h.example"));
        await using var lab = await Lab.StartAsync(
            [Lab.Route("h.example", r => r with { UpstreamCa = own.File }), Lab.Route("x.example")],
            [upstream]
        );
        using var http = lab.Http();

        (await http.GetAsync("https://h.example/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("https://x.example/")).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Explains_AnUnreadableCaFileOfARoute()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example", r => r with { UpstreamCa = "/nonexistent/ca.pem" })]);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("/nonexistent/ca.pem");
    }

    [Theory]
    [InlineData("no such file", "cannot be read")]
    [InlineData("no certificate", "holds no PEM certificate")]
    [InlineData("garbage", "holds no PEM certificate")]
    public async Task Refuses_ToStart_WithABrokenCaFile(string what, string words)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, what == "garbage" ? "\0\u0001garbage" : "");
        if (what == "no such file")
            File.Delete(file);

        var error = await Should.ThrowAsync<InvalidDataException>(() => Lab.StartAsync([], options: o => o with { UpstreamCaFile = file }));

        error.Message.ShouldContain(file);
        error.Message.ShouldContain(words);
    }

    private static X509Certificate2 SelfSigned()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=h.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("h.example");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(9));
    }

    /// <summary>Answers every hello as a server does that speaks no TLS above 1.1: with the alert protocol_version.</summary>
    private sealed class OldServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task loop;

        public OldServer()
        {
            listener.Start();
            loop = RunAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await loop;
        }

        private async Task RunAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    _ = await stream.ReadAtLeastAsync(new byte[4096], 50, throwOnEndOfStream: false);
                    await stream.WriteAsync(new byte[] { 0x15, 3, 2, 0, 2, 2, 70 });
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Stopped.
            }
        }
    }
}
