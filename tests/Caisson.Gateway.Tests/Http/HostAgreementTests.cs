using System.Net;
using System.Net.Security;
using System.Text;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Http;

public sealed class HostAgreementTests
{
    [Theory]
    [InlineData("a.example", "a.example", 200)]
    [InlineData("a.example", "A.Example.:443", 200)]
    [InlineData("a.example", "b.example", 421)]
    [InlineData("a.example", "a.example:8443", 421)]
    [InlineData("b.example", "a.example", 421)]
    [InlineData("b.example", "b.example", 421)]
    public async Task Compares_NameServerNameAndHost(string serverName, string host, int status)
    {
        var upstream = await TestUpstream.StartAsync("a.example", "b.example");
        await using var lab = await Lab.StartAsync([Lab.Route("a.example"), Lab.Route("b.example")], [upstream]);
        await using var tls = await lab.Client("a.example").ConnectTlsAsync(serverName);

        var answer = await SandboxClient.ExchangeAsync(tls, $"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        if (status == 421)
        {
            answer.ShouldContain("host_mismatch");
            upstream.Requests.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Refuses_OneStream_AndServesTheOthersOfItsConnection()
    {
        var upstream = await TestUpstream.StartAsync("a.example", "b.example");
        await using var lab = await Lab.StartAsync([Lab.Route("a.example"), Lab.Route("b.example")], [upstream]);
        using var http = lab.Http(HttpVersion.Version20);
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "https://a.example/wrong") { Version = HttpVersion.Version20 };
        wrong.Headers.Host = "b.example";

        (await http.GetAsync("https://a.example/1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.SendAsync(wrong)).StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
        (await http.GetAsync("https://a.example/2")).StatusCode.ShouldBe(HttpStatusCode.OK);

        upstream.Requests.Select(r => r.Target).ShouldBe(["/1", "/2"]);
    }

    [Fact]
    public async Task Serves_TlsWithoutServerName_LikeTheSameRequestWithOne()
    {
        var upstream = await TestUpstream.StartAsync("a.example");
        await using var lab = await Lab.StartAsync([Lab.Route("a.example")], [upstream]);
        await using var raw = await lab.Client("a.example").ConnectAsync();
        await using var tls = new SslStream(raw);
        var policy = SandboxClient.Trust(lab);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    ((System.Security.Cryptography.X509Certificates.X509Certificate2)certificate!).MatchesHostname("a.example"),
            }
        );

        (await SandboxClient.ExchangeAsync(tls, "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")).ShouldStartWith(
            "HTTP/1.1 200 "
        );
        policy.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("203.0.113.7", 80, "GET / HTTP/1.1\r\nHost: 203.0.113.7\r\nConnection: close\r\n\r\n")]
    [InlineData("203.0.113.7", 80, "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")]
    [InlineData("2001:db8::7", 80, "GET / HTTP/1.1\r\nHost: [2001:DB8:0::7]\r\nConnection: close\r\n\r\n")]
    public async Task Answers_AnAddressLiteral_WithRawIp(string address, int port, string request)
    {
        await using var lab = await Lab.StartAsync([Lab.Route("a.example")]);

        var answer = await lab.Client(address, port, literal: true).ExchangeAsync(request);

        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldContain("\"reason\": \"raw_ip\"");
        lab.Records.ShouldHaveSingleItem().Host.ShouldBe(address);
    }

    [Fact]
    public async Task Answers_TlsToAnAddressLiteral_WithRawIp_AndACertificateForIt()
    {
        await using var lab = await Lab.StartAsync([]);
        await using var tls = await lab.Client("203.0.113.7", 443, literal: true).ConnectTlsAsync("203.0.113.7");

        var answer = await SandboxClient.ExchangeAsync(tls, "GET / HTTP/1.1\r\nHost: 203.0.113.7\r\nConnection: close\r\n\r\n");

        answer.ShouldContain("\"reason\": \"raw_ip\"");
    }

    [Fact]
    public async Task Resets_OtherPortsOfAnAddressLiteral_AtOnce_AndRecordsThem()
    {
        await using var lab = await Lab.StartAsync([]);
        await using var stream = await lab.Client("203.0.113.7", 5432, literal: true).ConnectAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));

        (await SandboxClient.ReadToEndAsync(stream, limit.Token)).ShouldBeEmpty();

        limit.IsCancellationRequested.ShouldBeFalse();
        var record = lab.Records.ShouldHaveSingleItem();
        (record.Reason, record.Port).ShouldBe(("raw_ip", 5432));
    }

    [Fact]
    public async Task Ignores_WhatARequestSaysAboutIdentity()
    {
        await using var lab = await Lab.StartAsync([]);
        var request = new StringBuilder("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n");
        foreach (
            var name in new[]
            {
                "Forwarded",
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "x-caisson-sandbox",
                "x-caisson-id",
                "x-caisson-decision",
            }
        )
            request.Append(name).Append(": sb2\r\n");

        var answer = await lab.Client("a.example", 80).ExchangeAsync(request.Append("\r\n").ToString());

        answer.ShouldContain("\"reason\": \"no_route\"");
        answer.ShouldNotContain("sb2");
        lab.Records.ShouldHaveSingleItem().Sandbox.ShouldBe("sb1");
    }
}
