using System.Net;
using System.Text;
using Caisson.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Http;

/// <summary>HTTP/1.1 works through the gateway as it works without it.</summary>
public sealed class Http1Tests
{
    [Fact]
    public async Task Answers_PipelinedRequests_InOrder()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);

        var answer = await lab.Client("h.example", 80)
            .ExchangeAsync(
                "GET /1 HTTP/1.1\r\nHost: h.example\r\n\r\nGET /2 HTTP/1.1\r\nHost: h.example\r\n\r\nGET /3 HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n"
            );

        answer.IndexOf("GET /1").ShouldBeInRange(0, answer.IndexOf("GET /2"));
        answer.IndexOf("GET /2").ShouldBeInRange(0, answer.IndexOf("GET /3"));
        upstream.Requests.Select(r => r.Target).ShouldBe(["/1", "/2", "/3"]);
    }

    [Fact]
    public async Task Decides_EachRequestOfAConnection_Alone()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        var route = Lab.Route(
            "h.example",
            r => r with { Match = [Lab.Rule(null, null, new Caisson.Policy.PathRule(Caisson.Policy.PathMatch.Prefix, "/open"))] }
        );
        await using var lab = await Lab.StartAsync([route], [upstream]);

        var answer = await lab.Client("h.example", 80)
            .ExchangeAsync(
                "GET /open HTTP/1.1\r\nHost: h.example\r\n\r\nGET /closed HTTP/1.1\r\nHost: h.example\r\n\r\nGET /open/2 HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n"
            );

        answer
            .Split("\r\n")
            .Where(line => line.Contains("HTTP/1.1 "))
            .Select(line => line.Split("HTTP/1.1 ")[1][..3])
            .ShouldBe(["200", "403", "200"], answer);
        upstream.Requests.Select(r => r.Target).ShouldBe(["/open", "/open/2"]);
    }

    [Fact]
    public async Task Keeps_ThePathAndQuery_AsWritten()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        const string target = "/a%2Fb//c/./d/../e;x=1/%7Etilde/%C3%A4?q=%2f%20+&&=&r[]=1|2%";

        await lab.Client("h.example", 80).ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");

        upstream.Requests.ShouldHaveSingleItem().Target.ShouldBe(target);
    }

    [Fact]
    public async Task Passes_BodiesOfKnownAndUnknownLength()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);

        await lab.Client("h.example", 80)
            .ExchangeAsync(
                "POST /l HTTP/1.1\r\nHost: h.example\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"
                    + "POST /c HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n"
                    + "POST /e HTTP/1.1\r\nHost: h.example\r\nContent-Length: 0\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
            );

        upstream.Requests.Select(r => r.Body).ShouldBe(["hello", "abcdefg", ""]);
        upstream.Requests[0].Headers["Content-Length"].ShouldBe("5");
        upstream.Requests[1].Headers["Transfer-Encoding"].ShouldBe("chunked");
        upstream.Requests[2].Headers["Content-Type"].ShouldBe("text/plain");
        (await lab.RecordsAsync(3)).Select(r => r.RequestBytes).ShouldBe([5, 7, 0]);
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    public async Task Passes_AnswersWithoutBody(string method, int status)
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            context =>
            {
                context.Response.StatusCode = status;
                if (method == "HEAD")
                    context.Response.ContentLength = 1234;
                return Task.CompletedTask;
            },
            tls: false
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);

        var answer = await lab.Client("h.example", 80)
            .ExchangeAsync($"{method} / HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        answer[(answer.IndexOf("\r\n\r\n") + 4)..].ShouldBeEmpty();
        if (method == "HEAD")
            answer.ShouldContain("Content-Length: 1234");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Passes_AnAnswer_ThatComesBeforeTheBodyWasRead(string version)
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            context =>
            {
                context.Response.StatusCode = 413;
                return context.Response.WriteAsync("too much");
            }
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        using var http = lab.Http(Version.Parse(version));

        var answer = await http.PutAsync("https://h.example/", new ByteArrayContent(new byte[20_000_000]));

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("too much");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Passes_LargeBodies_Whole(string version)
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            async context =>
            {
                var hash = await System.Security.Cryptography.SHA256.HashDataAsync(context.Request.Body);
                await context.Response.WriteAsync(Convert.ToHexString(hash));
            }
        );
        var credentials = new TestCredentials().Add("k", "a-placeholder", new(Caisson.Credentials.InjectionKind.Bearer), "v", "o.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream], credentials);
        using var http = lab.Http(Version.Parse(version));
        // Full of beginnings of the placeholder, which the guard holds back and gives free again.
        var body = new byte[10_000_000];
        for (var i = 0; i < body.Length; i++)
            body[i] = (byte)"a-placeholde"[i % 12];

        var answer = await http.PostAsync("https://h.example/", new ByteArrayContent(body));

        (await answer.Content.ReadAsStringAsync()).ShouldBe(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(body)));
    }

    [Fact]
    public async Task Sends_Continue_OnlyAfterTheDecision()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        await using var stream = await lab.Client("h.example", 80).ConnectAsync();
        const string head =
            "POST /up HTTP/1.1\r\nHost: h.example\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        var buffer = new byte[1024];
        var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Encoding.ASCII.GetString(buffer, 0, read).ShouldStartWith("HTTP/1.1 100 ");
        var answer = await SandboxClient.ExchangeAsync(stream, "body");

        answer.ShouldContain("200 OK");
        upstream.Requests.ShouldHaveSingleItem().Body.ShouldBe("body");

        var denied = await lab.Client("other.example", 80).ExchangeAsync(head.Replace("h.example", "other.example"));
        denied.ShouldStartWith("HTTP/1.1 403 ");
    }

    [Fact]
    public async Task Follows_NoRedirect_AndPassesCookiesAndEncodingsUntouched()
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            context =>
            {
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "https://elsewhere.example/";
                context.Response.Headers.SetCookie = new(["a=1", "b=2"]);
                context.Response.Headers.ContentEncoding = "gzip";
                return context.Response.Body.WriteAsync(new byte[] { 0x1f, 0x8b, 1, 2 }).AsTask();
            }
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.GetValues("Set-Cookie").ShouldBe(["a=1", "b=2"]);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe([0x1f, 0x8b, 1, 2]);
        upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Removes_HopByHopHeaders_AndThoseThatConnectionNames()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);

        await lab.Client("h.example", 80)
            .ExchangeAsync(
                "GET / HTTP/1.1\r\nHost: H.Example.:80\r\nConnection: X-Once\r\nX-Once: 1\r\nX-Kept: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: x\r\n\r\n"
                    + "GET /last HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n"
            );

        var seen = upstream.Requests[0].Headers;
        seen["Host"].ShouldBe("h.example");
        seen.ShouldContainKey("X-Kept");
        seen.ShouldNotContainKey("X-Once", string.Join("|", seen));
        seen.ShouldNotContainKey("Keep-Alive");
        seen.ShouldNotContainKey("Proxy-Authorization");
        seen.Keys.ShouldNotContain(k => k.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Removes_WhatAnUpstreamMayNotSay()
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            context =>
            {
                context.Response.Headers.AltSvc = "h3=\":443\"";
                context.Response.Headers["x-caisson-decision"] = "deny";
                return Task.CompletedTask;
            }
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.Headers.Contains("Alt-Svc").ShouldBeFalse();
        answer.Headers.Contains("x-caisson-decision").ShouldBeFalse();
    }

    [Fact]
    public async Task Cancels_TheUpstream_WhenTheClientLeaves()
    {
        var gone = new TaskCompletionSource();
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            async context =>
            {
                context.RequestAborted.Register(gone.SetResult);
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: 1\n\n");
                await context.Response.Body.FlushAsync();
                await gone.Task;
            },
            tls: false
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        await using (var stream = await lab.Client("h.example", 80).ConnectAsync())
        {
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n"u8.ToArray());
            await ReadUntilAsync(stream, "data: 1");
        }

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Streams_ServerSentEvents_OneByOne()
    {
        var more = new SemaphoreSlim(0);
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                for (var i = 0; i < 3; i++)
                {
                    await context.Response.WriteAsync($"data: {i}\n\n");
                    await context.Response.Body.FlushAsync();
                    await more.WaitAsync(context.RequestAborted);
                }
            }
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var http = lab.Http(version);
            using var answer = await http.GetAsync("https://h.example/", HttpCompletionOption.ResponseHeadersRead);
            await using var stream = await answer.Content.ReadAsStreamAsync();
            for (var i = 0; i < 3; i++)
            {
                // The upstream sends the next event only after this one arrived.
                await ReadUntilAsync(stream, $"data: {i}");
                more.Release();
            }
        }
    }

    private static async Task ReadUntilAsync(Stream stream, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var all = new StringBuilder();
        var buffer = new byte[256];
        while (!all.ToString().Contains(text))
        {
            var read = await stream.ReadAsync(buffer, limit.Token);
            read.ShouldBeGreaterThan(0, $"the stream ended before '{text}'");
            all.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
    }
}
