using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Http;

/// <summary>What can be read in two ways is refused with 400, the connection closes, and no upstream hears of it. Spoken in raw bytes.</summary>
public sealed class WireStrictnessTests
{
    private const string Ok = "GET / HTTP/1.1\r\nHost: h.example\r\n";

    public static TheoryData<string, string> Ambiguous =>
        new()
        {
            {
                "length and chunked",
                "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            },
            {
                "chunked and length",
                "POST / HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
            },
            { "two lengths", "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" },
            { "the same length twice", "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" },
            { "length list", "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 3, 3\r\n\r\nabc" },
            { "signed length", "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: +3\r\n\r\nabc" },
            { "negative length", "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: -3\r\n\r\nabc" },
            { "hexadecimal length", "POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 0x3\r\n\r\nabc" },
            { "gzip, chunked", "POST / HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
            {
                "chunked twice",
                "POST / HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            },
            { "chunked, identity", "POST / HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
            { "xchunked", "POST / HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
            { "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: h.example\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" },
            { "bare LF after the request line", "GET / HTTP/1.1\nHost: h.example\r\n\r\n" },
            { "bare LF after a header", Ok + "A: b\nC: d\r\n\r\n" },
            { "bare CR in a header", Ok + "A: b\rC: d\r\n\r\n" },
            { "NUL in a header", Ok + "A: b\0c\r\n\r\n" },
            { "folded header", Ok + "A: b\r\n c\r\n\r\n" },
            { "folded by tab", Ok + "A: b\r\n\tc\r\n\r\n" },
            { "space before the colon", Ok + "Content-Length : 3\r\n\r\nabc" },
            { "no Host", "GET / HTTP/1.1\r\n\r\n" },
            { "empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n" },
            { "no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n" },
            { "two Hosts", Ok + "Host: h.example\r\n\r\n" },
            { "user-info in Host", "GET / HTTP/1.1\r\nHost: a@h.example\r\n\r\n" },
            { "target of another host", "GET http://other.example/ HTTP/1.1\r\nHost: h.example\r\n\r\n" },
            { "target with user-info", "GET http://u:p@h.example/ HTTP/1.1\r\nHost: h.example\r\n\r\n" },
            { "target of another scheme", "GET https://h.example/ HTTP/1.1\r\nHost: h.example\r\n\r\n" },
            { "asterisk target", "OPTIONS * HTTP/1.1\r\nHost: h.example\r\n\r\n" },
            { "NUL in the target", "GET /\0 HTTP/1.1\r\nHost: h.example\r\n\r\n" },
            { "space in the target", "GET /a b HTTP/1.1\r\nHost: h.example\r\n\r\n" },
            { "no version", "GET /\r\nHost: h.example\r\n\r\n" },
        };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Refuses_WhatCanBeReadInTwoWays(string what, string request)
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);

        var answer = await lab.Client("h.example", 80).ExchangeAsync(request + "GET /smuggled HTTP/1.1\r\nHost: h.example\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ", customMessage: what);
        answer.Split("HTTP/1.1 ").Length.ShouldBe(2, $"{what}: one answer, then the end of the connection");
        upstream.Requests.ShouldBeEmpty(what);
        lab.Records.ShouldContain(r => r.Verdict == "deny" && r.Reason == "structure", what);
    }

    [Theory]
    [InlineData("x\r\nabc\r\n0\r\n\r\n")]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("+3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("0x3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffff1\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("3;a\nb\r\nabc\r\n0\r\n\r\n")]
    public async Task Refuses_MalformedChunks_WithoutACompleteRequestUpstream(string body)
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);

        var answer = await lab.Client("h.example", 80)
            .ExchangeAsync(
                "POST / HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + body
                    + "GET /smuggled HTTP/1.1\r\nHost: h.example\r\n\r\n"
            );

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.Split("HTTP/1.1 ").Length.ShouldBe(2);
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answers_Trace_With405()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")]);

        var answer = await lab.Client("h.example", 80).ExchangeAsync("TRACE / HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 405 ");
        answer.ShouldContain("\"reason\": \"rule_denied\"");
    }

    [Theory]
    [InlineData("h2c")]
    [InlineData("TLS/1.0")]
    [InlineData("websocket, h2c")]
    public async Task Denies_AnUpgrade_OtherThanWebSocket(string protocol)
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")]);

        var answer = await lab.Client("h.example", 80)
            .ExchangeAsync($"GET / HTTP/1.1\r\nHost: h.example\r\nConnection: Upgrade, close\r\nUpgrade: {protocol}\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldContain("protocol_mismatch");
    }
}
