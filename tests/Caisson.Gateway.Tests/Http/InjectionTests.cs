using System.Net;
using System.Text;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;

namespace Caisson.Gateway.Tests.Http;

public sealed class InjectionTests
{
    private const string Real = "sk-real-value-0123456789";
    private const string Placeholder = "sk-placeholder-abcdefghij";

    private static TestCredentials One(InjectionScheme scheme, string? value = Real) =>
        new TestCredentials().Add("key", Placeholder, scheme, value, "h.example");

    private static Route Route => Lab.Route("h.example", r => r with { Credential = "key" });

    public static TheoryData<InjectionKind, string?, string?, string?, string, string> Schemes =>
        new()
        {
            { InjectionKind.Bearer, null, null, null, "Authorization", "Bearer " + Real },
            { InjectionKind.Token, null, null, null, "Authorization", "token " + Real },
            {
                InjectionKind.Basic,
                null,
                null,
                "git",
                "Authorization",
                "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("git:" + Real))
            },
            { InjectionKind.Header, "x-api-key", null, null, "x-api-key", Real },
            { InjectionKind.Header, "X-Auth", "Key ", null, "X-Auth", "Key " + Real },
        };

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task Sets_TheHeaderOfTheScheme_InPlaceOfTheAgentsOwn(
        InjectionKind kind,
        string? name,
        string? prefix,
        string? user,
        string header,
        string value
    )
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var upstream = await TestUpstream.StartAsync("h.example");
            await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(kind, name, prefix, user)));
            using var http = lab.Http(version);
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://h.example/") { Version = version };
            request.Headers.TryAddWithoutValidation(header.ToUpperInvariant(), "Bearer " + Placeholder);
            request.Headers.TryAddWithoutValidation(header.ToUpperInvariant(), "own value");

            (await http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);

            upstream.Requests.ShouldHaveSingleItem().Headers[header].ShouldBe(value);
            (await lab.RecordsAsync(1)).ShouldHaveSingleItem().Credential.ShouldBe("key");
        }
    }

    [Fact]
    public async Task Sets_TheQueryParameter_InPlaceOfTheAgentsOwn_AndRecordsNone()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Query, "key"), "a b&c"));
        using var http = lab.Http();

        await http.GetAsync($"https://h.example/p?x=1&KEY={Placeholder}&k%65y=2&y=%2F");

        upstream.Requests.ShouldHaveSingleItem().Target.ShouldBe("/p?x=1&y=%2F&key=a%20b%26c");
        File.ReadAllText(Path.Combine(lab.Folder, "sb1.jsonl")).ShouldNotContain("a%20b");
    }

    [Fact]
    public async Task Leaves_TheAgentsOwnValue_WhereNothingIsInjected()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream], One(new InjectionScheme(InjectionKind.Bearer)));
        using var http = lab.Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer mine");

        await http.GetAsync("https://h.example/");

        upstream.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe("Bearer mine");
    }

    [Fact]
    public async Task Cannot_BeStripped_ByNamingTheHeaderInConnection()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Header, "x-api-key")));
        await using var tls = await lab.Client("h.example").ConnectTlsAsync();

        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: h.example\r\nConnection: x-api-key\r\nx-api-key: a\r\n\r\n"u8.ToArray());
        await SandboxClient.ExchangeAsync(tls, "GET /last HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");

        upstream.Requests.Count.ShouldBe(2);
        upstream.Requests.ShouldAllBe(r => r.Headers["x-api-key"] == Real);
    }

    [Theory]
    [InlineData("GET /?q={0} HTTP/1.1\r\nHost: h.example\r\n")]
    [InlineData("GET /a/{0} HTTP/1.1\r\nHost: h.example\r\n")]
    [InlineData("GET /a/sk%2Dplaceholder-abcdefghij HTTP/1.1\r\nHost: h.example\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h.example\r\nX-Other: {0}\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h.example\r\nCookie: a={0}; b=1\r\n")]
    public async Task Denies_APlaceholder_InAPlaceWhereNothingReplacesIt(string head)
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Bearer)));
        await using var tls = await lab.Client("h.example").ConnectTlsAsync();

        var answer = await SandboxClient.ExchangeAsync(tls, string.Format(null, head, Placeholder) + "Connection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldContain("placeholder_misuse");
        upstream.Requests.ShouldBeEmpty();
        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("placeholder_misuse");
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Placeholder)]
    [InlineData("authorization", "Basic Z2l0OnNrLXBsYWNlaG9sZGVyLWFiY2RlZmdoaWo=")]
    [InlineData("X-Api-Key", Placeholder)]
    public async Task Denies_APlaceholder_SentToAnotherHost(string header, string value)
    {
        var upstream = await TestUpstream.StartAsync("other.example");
        await using var lab = await Lab.StartAsync(
            [Route, Lab.Route("other.example")],
            [upstream],
            One(new InjectionScheme(InjectionKind.Bearer))
        );
        using var http = lab.Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        var answer = await http.GetAsync("https://other.example/");

        (await answer.Content.ReadAsStringAsync()).ShouldContain("placeholder_misuse");
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Denies_APlaceholder_InABodyForAnotherHost_HoweverItIsCut()
    {
        var upstream = await TestUpstream.StartAsync("other.example");
        await using var lab = await Lab.StartAsync(
            [Lab.Route("other.example")],
            [upstream],
            One(new InjectionScheme(InjectionKind.Bearer))
        );
        await using var tls = await lab.Client("other.example").ConnectTlsAsync();
        await tls.WriteAsync(
            "POST / HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray()
        );
        foreach (var c in "text " + Placeholder)
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"1\r\n{c}\r\n"));

        var answer = await SandboxClient.ExchangeAsync(tls, "0\r\n\r\n");

        answer.ShouldContain("placeholder_misuse");
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Overwrites_APlaceholder_InABodyForItsOwnHost()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Bearer)));
        using var http = lab.Http();

        (await http.PostAsync("https://h.example/", new StringContent($"env: KEY={Placeholder}; done"))).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );

        upstream.Requests.ShouldHaveSingleItem().Body.ShouldBe($"env: KEY={new string('*', Placeholder.Length)}; done");
    }

    [Theory]
    [InlineData(false, HttpStatusCode.Forbidden)]
    [InlineData(true, HttpStatusCode.ServiceUnavailable)]
    public async Task Denies_WhenTheValueCannotBeHad(bool retryable, HttpStatusCode status)
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        var credentials = new TestCredentials().Add(
            "key",
            Placeholder,
            new InjectionScheme(InjectionKind.Bearer),
            null,
            "h.example",
            new CredentialValue(null, "Credential key: the environment variable KEY is not set.", retryable)
        );
        await using var lab = await Lab.StartAsync([Route], [upstream], credentials);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("credential_unavailable");
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Denies_ACredential_ThatIsNotBoundToTheDestination()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Bearer)));
        using var http = lab.Http();

        // Bound without a port means 443: the value never travels in clear.
        var answer = await http.GetAsync("http://h.example/");

        (await answer.Content.ReadAsStringAsync()).ShouldContain("placeholder_misuse");
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Removes_TheAgentsOwnValue_BeforeAnythingIsScanned_AndInjectsAfterwards()
    {
        // Two markers: the agent's own header holds the placeholder of another credential, and the real value looks like one. A scan that saw either
        // would deny the request.
        const string Marker = "marker-placeholder-1";
        var upstream = await TestUpstream.StartAsync("h.example");
        var credentials = One(new InjectionScheme(InjectionKind.Bearer), Marker)
            .Add("other", Marker, new(InjectionKind.Bearer), "v", "o.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], credentials);
        using var http = lab.Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + Marker);

        (await http.GetAsync("https://h.example/")).StatusCode.ShouldBe(HttpStatusCode.OK);

        upstream.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe("Bearer " + Marker);
        await lab.RecordsAsync(1);
        File.ReadAllText(Path.Combine(lab.Folder, "sb1.jsonl")).ShouldNotContain(Marker);
    }

    [Theory]
    [InlineData(InjectionKind.Bearer)]
    [InlineData(InjectionKind.Query)]
    public async Task Logs_NothingOfTheValue_AtAnyLevel(InjectionKind kind)
    {
        using var log = new CapturedLog();
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(kind, "key")), loggers: log);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var http = lab.Http(version);
            (await http.GetAsync("https://h.example/a?b=c")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        await lab.Client("h.example", 80).ExchangeAsync($"GET /{Real} HTTP/1.1\r\nBroken {Real}\r\n\r\n");
        await upstream.DisposeAsync();
        using var last = lab.Http();
        (await last.GetAsync("https://h.example/unreachable")).StatusCode.ShouldBe(HttpStatusCode.BadGateway);

        log.Text.ShouldNotContain(Real);
        log.Text.ShouldNotContain(Placeholder);
        File.ReadAllText(Path.Combine(lab.Folder, "sb1.jsonl")).ShouldNotContain(Real);
    }

    [Fact]
    public async Task Ends_ARequestClosed_WhenASourceFails()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        var credentials = new FailingCredentials(One(new InjectionScheme(InjectionKind.Bearer)));
        await using var lab = await Lab.StartAsync([Route], [upstream], credentials);
        credentials.Fails = true;
        using var http = lab.Http();

        var answer = await http.GetAsync("https://h.example/");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("check_failed");
        upstream.Requests.ShouldBeEmpty();
        lab.Records.ShouldHaveSingleItem().Reason.ShouldBe("check_failed");
    }

    private sealed class FailingCredentials(TestCredentials inner) : ISandboxCredentials
    {
        public bool Fails { get; set; }
        public IReadOnlyCollection<SandboxCredential> All => inner.All;

        public SandboxCredential? Find(string name) => inner.Find(name);

        public ValueTask<CredentialValue> ResolveAsync(string name, CancellationToken cancellation) =>
            Fails ? throw new InvalidOperationException("a bug in a source") : inner.ResolveAsync(name, cancellation);
    }

    [Fact]
    public async Task Denies_AValueWithALineBreak()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Bearer), "a\r\nX-Evil: 1"));
        using var http = lab.Http();

        (await (await http.GetAsync("https://h.example/")).Content.ReadAsStringAsync()).ShouldContain("credential_unavailable");
        upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Real)]
    [InlineData("c2stcmVhbC12YWx1ZS0wMTIzNDU2Nzg5")]
    public async Task Masks_AKnownSecret_ThatAProgramPutIntoAPath(string inPath)
    {
        await using var lab = await Lab.StartAsync([Route], credentials: One(new InjectionScheme(InjectionKind.Bearer)));
        using var http = lab.Http();

        var answer = await http.GetAsync($"https://other.example/leak/{inPath}/x");

        lab.Records.ShouldHaveSingleItem().Path.ShouldBe("/leak/***/x");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain(inPath);
    }

    [Theory]
    [InlineData("git:" + Placeholder, "git:" + Real)]
    [InlineData(Placeholder + ":x-oauth-basic", Real + ":x-oauth-basic")]
    public async Task Replaces_APlaceholder_InsideTheAgentsBasicHeader(string sent, string arrives)
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync(
            [Route],
            [upstream],
            One(new InjectionScheme(InjectionKind.Basic, null, null, "ignored"))
        );
        using var http = lab.Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation(
            "Authorization",
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(sent))
        );

        await http.GetAsync("https://h.example/");

        upstream
            .Requests.ShouldHaveSingleItem()
            .Headers["Authorization"]
            .ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(arrives)));
    }

    [Fact]
    public async Task Denies_AnotherCredentialsPlaceholder_InTheOtherHalfOfABasicHeader()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        var credentials = One(new InjectionScheme(InjectionKind.Basic))
            .Add("other", "other-placeholder-99", new(InjectionKind.Bearer), "v", "o.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], credentials);
        using var http = lab.Http();
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes("other-placeholder-99:" + Placeholder));
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Basic " + pair);

        (await (await http.GetAsync("https://h.example/")).Content.ReadAsStringAsync()).ShouldContain("placeholder_misuse");
        upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Writes_NoValueAndNoPlaceholder_ToTheLogOrAnAnswer()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Route], [upstream], One(new InjectionScheme(InjectionKind.Bearer)));
        using var http = lab.Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + Placeholder);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", "session=cookie-value");

        await http.PostAsync("https://h.example/x?token=query-value", new StringContent("body-value"));
        var denied = await http.GetAsync("https://denied.example/y?token=query-value");

        var everything = File.ReadAllText(Path.Combine(lab.Folder, "sb1.jsonl")) + await denied.Content.ReadAsStringAsync();
        foreach (var secret in new[] { Real, Placeholder, "cookie-value", "query-value", "body-value" })
            everything.ShouldNotContain(secret);
        (await lab.RecordsAsync(2)).Count.ShouldBe(2);
    }
}
