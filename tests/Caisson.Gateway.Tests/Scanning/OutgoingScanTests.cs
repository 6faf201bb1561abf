using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;
using Caisson.Policy.Manifest;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Scanning;

/// <summary>What leaves is looked through, wherever in a request it stands and however it is packed.</summary>
public sealed class OutgoingScanTests
{
    private const string Known = "vK8-s3cr3t+Value/91ZqLm";
    private const string Placeholder = "placeholder-7f3k9q2m5x8z";
    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    private static TestCredentials Credentials =>
        new TestCredentials().Add("deploy", Placeholder, new InjectionScheme(InjectionKind.Bearer), Known, "own.example");

    public static TheoryData<string, string> Surfaces
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var version in (string[])["1.1", "2.0"])
            {
                foreach (var surface in (string[])["host", "path", "query", "header value", "header name", "body", "chunked body"])
                    data.Add(surface, version);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task Denies_AKnownValueIn(string surface, string version)
    {
        var hex = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Known));
        var host = surface == "host" ? $"{hex[..20]}.{hex[20..]}.x.example" : "a.x.example";
        await using var lab = await LabAsync([Lab.Route("**.x.example")], host);
        using var http = lab.Http(Version.Parse(version));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{host}/") { Version = Version.Parse(version) };
        switch (surface)
        {
            case "path":
                request.RequestUri = new Uri($"https://{host}/up/{Uri.EscapeDataString(Known)}");
                break;
            case "query":
                request.RequestUri = new Uri(
                    $"https://{host}/?a=1&data={Convert.ToBase64String(Encoding.ASCII.GetBytes("x" + Known)).Replace('+', '-').Replace('/', '_')}"
                );
                break;
            case "header value":
                request.Headers.Add("X-Debug", "id=" + new string([.. Known.Reverse()]));
                break;
            case "header name":
                request.Headers.Add("X-" + hex, "1");
                break;
            case "body":
                request.Content = new StringContent(JsonSerializer.Serialize(new { note = Known }));
                break;
            case "chunked body":
                request.Content = new StringContent(JsonSerializer.Serialize(new { note = Known }));
                request.Headers.TransferEncodingChunked = version == "1.1";
                break;
        }

        using var answer = await http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var text = await answer.Content.ReadAsStringAsync();
        JsonDocument.Parse(text).RootElement.GetProperty("reason").GetString().ShouldBe("secret_found");
        text.ShouldContain("deploy");
        ShouldHoldNothing(text);
        var record = (await lab.RecordsAsync(1)).ShouldHaveSingleItem();
        record.Verdict.ShouldBe("deny");
        var finding = record.Findings.ShouldNotBeNull()[0];
        finding.Rule.ShouldBe("known");
        finding.Surface.ShouldBe(
            surface switch
            {
                "header value" => version == "1.1" ? "header X-Debug" : "header x-debug",
                "chunked body" => "body",
                _ => surface,
            }
        );
        ShouldHoldNothing(await File.ReadAllTextAsync(Path.Combine(lab.Folder, "sb1.jsonl")));
    }

    public static TheoryData<string> Encodings => ["gzip", "deflate", "br", "zstd", "gzip, br", "deflate, gzip, zstd, br"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task LooksInto_AnEncodedBody_AndPassesACleanOneOnAsItCame(string encodings)
    {
        var received = new List<byte[]>();
        var upstream = await TestUpstream.StartAsync(
            ["a.example"],
            async context =>
            {
                var bytes = new MemoryStream();
                await context.Request.Body.CopyToAsync(bytes);
                received.Add(bytes.ToArray());
            }
        );
        await using var lab = await Lab.StartAsync([Lab.Route("a.example")], [upstream], Credentials);
        using var http = lab.Http();
        var clean = Encode(
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(number => $"line {number}\n"))),
            encodings
        );
        var dirty = Encode(
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(number => $"line {number}\n")) + Known),
            encodings
        );

        (await SendAsync(http, clean, encodings)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(http, dirty, encodings)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        received[0].ShouldBe(clean);
    }

    [Theory]
    [InlineData("compress", "AAAA", "undecodable")]
    [InlineData("gzip", "AAAA", "undecodable")]
    [InlineData("gzip, gzip, gzip, gzip, gzip", "AAAA", "undecodable")]
    [InlineData("zstd", "AAAAAAAA", "undecodable")]
    public async Task Denies_WhatItCannotOpen(string encodings, string body, string reason)
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();

        using var answer = await SendAsync(http, Encoding.ASCII.GetBytes(body), encodings);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ReasonAsync(answer)).ShouldBe(reason);
    }

    [Fact]
    public async Task Denies_WhatFollowsTheEndOfACompressedBody()
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();
        foreach (var encoding in (string[])["deflate", "br"])
        {
            using var answer = await SendAsync(
                http,
                [.. Encode("clean"u8.ToArray(), encoding), .. Encoding.ASCII.GetBytes(new string('.', 20_000) + Known)],
                encoding
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, encoding);
        }
        lab.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Denies_ABomb()
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();

        using var answer = await SendAsync(http, Encode(new byte[64 << 20], "gzip"), "gzip");

        (await ReasonAsync(answer)).ShouldBe("bomb");
    }

    [Fact]
    public async Task LetsTheValueGo_ToItsOwnDestination()
    {
        var other = await TestUpstream.StartAsync("other.example");
        await using var lab = await Lab.StartAsync(
            [Lab.Route("own.example"), Lab.Route("other.example")],
            [await TestUpstream.StartAsync("own.example"), other],
            Credentials
        );
        using var http = lab.Http();

        (await http.PostAsync("https://own.example/", new StringContent(Known))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.PostAsync("https://other.example/", new StringContent(Known))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task PassesOn_AnAnswerThatCameBeforeTheBodyWasRead(string version)
    {
        var upstream = await TestUpstream.StartAsync(["a.example"], context => context.Response.WriteAsync("early"));
        await using var lab = await Lab.StartAsync([Lab.Route("a.example")], [upstream], Credentials);
        using var http = lab.Http(Version.Parse(version));

        for (var count = 0; count < 20; count++)
        {
            using var answer = await http.PostAsync("https://a.example/", new StringContent("clean"));
            (await answer.Content.ReadAsStringAsync()).ShouldBe("early");
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Denies_BeforeAnUpstreamThatDoesNotReadCouldAnswer(string version)
    {
        var upstream = await TestUpstream.StartAsync(["a.example"], context => context.Response.WriteAsync("early"));
        await using var lab = await Lab.StartAsync([Lab.Route("a.example")], [upstream], Credentials);
        using var http = lab.Http(Version.Parse(version));

        for (var count = 0; count < 20; count++)
        {
            using var answer = await http.PostAsync("https://a.example/", new StringContent(Known));
            (await ReasonAsync(answer)).ShouldBe("secret_found");
        }
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Denies_AMethodThatIsASecret()
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();
        using var request = new HttpRequestMessage(
            new HttpMethod("GET" + Convert.ToHexString(Encoding.ASCII.GetBytes(Known))),
            "https://a.example/"
        );

        (await ReasonAsync(await http.SendAsync(request))).ShouldBe("secret_found");
    }

    [Fact]
    public async Task LetsAProgramSignIn_WithWhatItsUserGaveIt_ButNotWithAnothersCredential()
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();

        (await GetAsync("Authorization", $"token {Token}")).ShouldBe(200);
        (await GetAsync("X-Note", Token)).ShouldBe(403);
        (await GetAsync("Authorization", $"Bearer {Known}")).ShouldBe(403);
        (await GetAsync("Cookie", $"s={Placeholder}")).ShouldBe(403);
        (await lab.RecordsAsync(4))[0].Findings.ShouldNotBeNull()[0].DecidedBy.ShouldBe("a program's own sign-in");

        async Task<int> GetAsync(string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://a.example/");
            request.Headers.TryAddWithoutValidation(header, value);
            return (int)(await http.SendAsync(request)).StatusCode;
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task LooksAt_WhatStandsInAPackingBesideItsText(int size)
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();
        var random = new byte[size];
        new Random(1).NextBytes(random);
        var packed = Encode(random, "gzip");
        // RFC 1952, 2.3.1: a flag, and a file's name that ends in zero behind the ten bytes of the header.
        packed[3] |= 8;
        byte[] named = [.. packed[..10], .. Encoding.ASCII.GetBytes(Known), 0, .. packed[10..]];

        (await ReasonAsync(await SendAsync(http, named, "gzip"))).ShouldBe("secret_found");
        (await SendAsync(http, Encode(random, "gzip"), "gzip")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(100)]
    [InlineData((16 << 20) + 1000)]
    public async Task PassesOn_WhatIsCleanToAModel_ToTheByte_WhateverItsLength(int size)
    {
        var received = Array.Empty<byte>();
        var upstream = await TestUpstream.StartAsync(
            ["model.example"],
            async context =>
            {
                var bytes = new MemoryStream();
                await context.Request.Body.CopyToAsync(bytes);
                received = bytes.ToArray();
            }
        );
        await using var lab = await Lab.StartAsync([Provider], [upstream], Credentials);
        using var http = lab.Http();
        // Where a piece ends with what a placeholder begins with, and goes on otherwise.
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("line placeh. ", (size / 13) + 1)))[..size];
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://model.example/") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = true;

        (await http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);

        received.AsSpan().SequenceEqual(body).ShouldBeTrue();
    }

    [Fact]
    public async Task Redacts_APlainPlaceholderOnTheWayToAModel()
    {
        await using var lab = await LabAsync([Provider], "model.example");
        using var http = lab.Http();

        (await http.PostAsync("https://model.example/", new StringContent($"it is {Placeholder}!"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        lab.Upstream.Requests[0].Body.ShouldBe("it is [caisson:placeholder_misuse]!");
    }

    [Fact]
    public async Task Denies_APlaceholderThatIsPacked()
    {
        await using var lab = await LabAsync([Lab.Route("a.example")], "a.example");
        using var http = lab.Http();

        using var answer = await http.PostAsync(
            "https://a.example/",
            new StringContent(Convert.ToBase64String(Encoding.ASCII.GetBytes("xy" + Placeholder)))
        );

        (await ReasonAsync(answer)).ShouldBe("placeholder_misuse");
    }

    [Theory]
    [InlineData(DetectAction.Deny, 403)]
    [InlineData(DetectAction.Hold, 403)]
    [InlineData(DetectAction.Warn, 200)]
    [InlineData(DetectAction.Redact, 200)]
    public async Task Does_WhatTheRouteSays(DetectAction action, int status)
    {
        await using var lab = await LabAsync([Lab.Route("a.example", route => With(route, action))], "a.example");
        using var http = lab.Http();

        using var answer = await http.PostAsync(
            "https://a.example/",
            new StringContent($$"""{"text":"my token is {{Token}}, keep it","n":1}""")
        );

        ((int)answer.StatusCode).ShouldBe(status);
        var finding = (await lab.RecordsAsync(1))[0].Findings.ShouldNotBeNull().ShouldHaveSingleItem();
        (finding.Rule, finding.Surface, finding.Action).ShouldBe(("github-token", "body", action.ToString().ToLowerInvariant()));
        finding.DecidedBy.ShouldBe("on_match (test.md:7)");
        if (action == DetectAction.Redact)
            lab.Upstream.Requests[0].Body.ShouldBe("""{"text":"my token is [caisson:github-token], keep it","n":1}""");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Redacts_WhatAnAgentTellsItsModel(string version)
    {
        await using var lab = await LabAsync([Provider], "model.example");
        using var http = lab.Http(Version.Parse(version));
        var packed = Convert.ToBase64String(Encoding.ASCII.GetBytes("DEPLOY=" + Known));
        var escaped = string.Concat(Known.Select(character => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture)));
        var text = $$"""{"messages":[{"content":"env says {{packed}} and {{escaped}} and {{Placeholder}}"}],"max_tokens":5}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://model.example/v1/messages")
        {
            Version = Version.Parse(version),
            Content = new ByteArrayContent(Encode(Encoding.UTF8.GetBytes(text), "gzip")),
        };
        request.Content.Headers.ContentEncoding.Add("gzip");

        using var answer = await http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());

        var seen = lab.Upstream.Requests.ShouldHaveSingleItem();
        var sent = JsonDocument
            .Parse(seen.Body)
            .RootElement.GetProperty("messages")[0]
            .GetProperty("content")
            .GetString()
            .ShouldNotBeNull();
        sent.ShouldStartWith("env says ");
        sent.ShouldContain("[caisson:known]");
        sent.ShouldContain("[caisson:placeholder_misuse]");
        ShouldHoldNothing(seen.Body);
        seen.Headers.ShouldNotContainKey("Content-Encoding");
    }

    private static Route Provider => Lab.Route("model.example", route => route with { Origin = new Origin(Layer.AgentProvider, "claude") });

    private static Route With(Route route, DetectAction action) =>
        route with
        {
            Detect = new DetectSettings { OnMatch = new Setting<DetectAction>(action, new Origin(Layer.Policy, "test.md", 7)) },
        };

    private static void ShouldHoldNothing(string text)
    {
        foreach (var value in (string[])[Known, Placeholder])
        {
            text.ShouldNotContain(value[4..16]);
            text.ShouldNotContain(Convert.ToHexStringLower(Encoding.ASCII.GetBytes(value))[8..32]);
            text.ShouldNotContain(Convert.ToBase64String(Encoding.ASCII.GetBytes(value))[4..20]);
        }
    }

    private static async Task<ScanLab> LabAsync(IReadOnlyList<Route> routes, params string[] hosts)
    {
        var upstream = await TestUpstream.StartAsync(hosts);
        return new ScanLab(await Lab.StartAsync(routes, [upstream], Credentials), upstream);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, byte[] body, string encodings)
    {
        var content = new ByteArrayContent(body);
        foreach (var encoding in encodings.Split(", "))
            content.Headers.ContentEncoding.Add(encoding);
        return await http.PostAsync("https://a.example/", content);
    }

    private static byte[] Encode(byte[] body, string encodings)
    {
        foreach (var encoding in encodings.Split(", "))
        {
            var packed = new MemoryStream();
            using (
                Stream stream = encoding switch
                {
                    "gzip" => new GZipStream(packed, CompressionLevel.SmallestSize),
                    "deflate" => new ZLibStream(packed, CompressionLevel.Fastest),
                    "br" => new BrotliStream(packed, CompressionLevel.Fastest),
                    _ => new ZstdSharp.CompressionStream(packed),
                }
            )
                stream.Write(body);
            body = packed.ToArray();
        }
        return body;
    }

    private static async Task<string?> ReasonAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("reason").GetString();

    private sealed record ScanLab(Lab Lab, TestUpstream Upstream) : IAsyncDisposable
    {
        public string Folder => Lab.Folder;

        public HttpClient Http(Version? version = null) => Lab.Http(version);

        public Task<IReadOnlyList<Caisson.Audit.DecisionRecord>> RecordsAsync(int count) => Lab.RecordsAsync(count);

        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }
}
