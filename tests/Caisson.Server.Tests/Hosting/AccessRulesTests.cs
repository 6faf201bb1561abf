using System.Net;
using System.Net.Http.Json;
using Caisson.Api;

namespace Caisson.Server.Tests.Hosting;

public sealed class AccessRulesTests(AccessRulesTests.Running running) : IClassFixture<AccessRulesTests.Running>
{
    private const string Version = "/api/v1/version";

    /// <summary>One server for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal RealServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RealServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("x")]
    public async Task Tcp_WithoutTheToken_Is401_AndSaysWhereTheTokenIs(string? token)
    {
        using var client = running.Server.OverTcp(token);

        using var response = await client.GetAsync(Version);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var problem = await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem);
        problem!.Code.ShouldBe("not_signed_in");
        problem.Fix!.ShouldContain("$CAISSON_HOME/token");
    }

    [Fact]
    public async Task Tcp_WithTheToken_IsServed()
    {
        using var client = running.Server.OverTcp(running.Server.Token);
        (await client.GetFromJsonAsync(Version, ApiJson.Default.VersionResponse))!.Api.ShouldBe("v1");
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    public async Task ForeignHost_Is421_EvenWithTheToken(string host)
    {
        using var client = running.Server.OverTcp(running.Server.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, Version);
        request.Headers.Host = host;

        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    [Fact]
    public async Task UnixSocket_NeedsNoToken()
    {
        using var client = running.Server.OverSocket();
        (await client.GetFromJsonAsync(Version, ApiJson.Default.VersionResponse))!.Api.ShouldBe("v1");
    }

    [Fact]
    public async Task UnknownAddress_IsAProblemToo()
    {
        using var client = running.Server.OverSocket();
        using var response = await client.GetAsync("/api/v1/sandbox");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task LoginLinks_AreMadeOnTheSocketAlone_AndAreInNoLog()
    {
        using var socket = running.Server.OverSocket();
        using var tcp = running.Server.OverTcp(running.Server.Token);
        var link = await (
            await socket.PostAsJsonAsync("/api/v1/auth/links", new NewLinkRequest(null), AccessJson.Default.NewLinkRequest)
        ).Content.ReadFromJsonAsync(AccessJson.Default.NewLinkResponse);
        link!.Url.ShouldStartWith($"{running.Server.Address}login#");
        var token = link.Url[(link.Url.IndexOf('#') + 1)..];

        using var refused = await tcp.PostAsJsonAsync("/api/v1/auth/links", new NewLinkRequest(null), AccessJson.Default.NewLinkRequest);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var browser = running.Server.OverTcp(null);
        using var login = await browser.PostAsJsonAsync("/api/v1/auth/link", new LinkRequest(token), AccessJson.Default.LinkRequest);
        login.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        foreach (var file in Directory.EnumerateFiles(running.Server.Home.File("logs")))
            (await File.ReadAllTextAsync(file)).ShouldNotContain(token);
    }

    [Fact]
    public async Task AModeThatLacksWhatItNeeds_IsRefusedWith78_AndTheKey()
    {
        using var home = new TemporaryHome();
        var (code, _, errors) = await RealServer.RunAsync(home, "--auth-mode", "proxy");
        code.ShouldBe(78);
        errors.ShouldContain("auth.proxy.trusted");
        errors.ShouldContain("server.public_url");
    }

    [Fact]
    public async Task WhileTheProxyIsDown_AnAdminGetsInOnTheServerItself_WithAReason()
    {
        await using var server = await RealServer.StartAsync(
            new TemporaryHome(),
            "--listen",
            "127.0.0.1:0",
            "--auth-mode",
            "proxy",
            "--auth-proxy-trusted",
            "127.0.0.0/8",
            "--public-url",
            "https://caisson.example"
        );
        using var socket = server.OverSocket();
        using var plain = await socket.PostAsJsonAsync("/api/v1/auth/links", new NewLinkRequest(null), AccessJson.Default.NewLinkRequest);
        plain.StatusCode.ShouldBe(HttpStatusCode.Conflict);

        using var made = await socket.PostAsJsonAsync(
            "/api/v1/auth/links",
            new NewLinkRequest("proxy down"),
            AccessJson.Default.NewLinkRequest
        );
        var link = (await made.Content.ReadFromJsonAsync(AccessJson.Default.NewLinkResponse))!;

        link.Url.ShouldStartWith($"{server.Address}login#");
        using var browser = server.OverTcp(null);
        browser.DefaultRequestHeaders.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        using var login = await browser.PostAsJsonAsync(
            "/api/v1/auth/link",
            new LinkRequest(link.Url[(link.Url.IndexOf('#') + 1)..]),
            AccessJson.Default.LinkRequest
        );
        login.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var me = await browser.GetFromJsonAsync("/api/v1/me", AccessJson.Default.MeResponse);
        me!.Roles.ShouldBe(["admin"]);
        (me.Session!.Expires - TimeProvider.System.GetUtcNow()).ShouldBeLessThan(TimeSpan.FromMinutes(11));
    }
}
