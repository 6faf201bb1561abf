using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Caisson.Api;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Caisson.Server.Tests.Access;

public sealed class RequestSafetyTests
{
    [Theory]
    [InlineData("https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1", null, HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:1", "same-origin", HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData(null, "same-site", HttpStatusCode.Forbidden)]
    [InlineData(null, "none", HttpStatusCode.Forbidden)]
    [InlineData(null, "same-origin", HttpStatusCode.NoContent)]
    [InlineData("ours", null, HttpStatusCode.NoContent)]
    public async Task ACookie_CountsForOurOwnPagesOnly(string? origin, string? site, HttpStatusCode status)
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));
        browser.DefaultRequestHeaders.Remove("Origin");
        if (origin is not null)
            browser.DefaultRequestHeaders.Add("Origin", origin == "ours" ? lab.Address.GetLeftPart(UriPartial.Authority) : origin);
        if (site is not null)
            browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);

        using var response = await browser.PostAsync("/api/v1/auth/logout", null);

        response.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.Forbidden)
            (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Code.ShouldBe("bad_origin");
        (await browser.GetAsync("/api/v1/me")).StatusCode.ShouldBe(
            status == HttpStatusCode.Forbidden ? HttpStatusCode.OK : HttpStatusCode.Unauthorized,
            "what was refused has had no effect"
        );
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData(null)]
    public async Task AWebSocket_OpensForOurOwnPagesOnly(string? origin)
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", lab.Browser(person).DefaultRequestHeaders.GetValues("Cookie").Single());
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;

        await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(Socket(lab, person.Id), CancellationToken.None));

        socket.HttpStatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AToken_NeedsNoOrigin_BecauseNobodySendsItUnasked()
    {
        await using var lab = await AccessLab.StartAsync();
        using var client = lab.WithToken(AccessLab.Token);
        client.DefaultRequestHeaders.Add("Origin", "https://tools.example");
        (await client.PostAsync("/api/v1/auth/logout", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task SigningIn_IsNotDoneByAForeignPage()
    {
        await using var lab = await AccessLab.StartAsync();
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        using var response = await client.PostAsJsonAsync(
            "/api/v1/auth/link",
            new LinkRequest(lab.Identity.Links.New(lab.Local.Id)),
            AccessJson.Default.LinkRequest
        );
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.0.2.9")]
    public async Task AForeignHost_IsRefused(string host)
    {
        await using var lab = await AccessLab.StartAsync();
        using var client = lab.WithToken(AccessLab.Token);
        client.DefaultRequestHeaders.Host = host;
        (await client.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    [Fact]
    public async Task Bodies_AreJsonOnly()
    {
        await using var lab = await AccessLab.StartAsync();
        using var client = lab.WithToken(AccessLab.Token);
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded" })
        {
            using var body = new StringContent("""{"name":"x"}""", Encoding.UTF8, type);
            (await client.PostAsync("/api/v1/me/tokens", body)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Fact]
    public async Task EveryAnswer_CarriesTheHeaders_ErrorsToo()
    {
        await using var lab = await AccessLab.StartAsync();
        using var client = lab.WithToken(AccessLab.Token);
        using var stranger = lab.Client();
        using var lost = lab.Client();
        lost.DefaultRequestHeaders.Host = "evil.example";
        HttpResponseMessage[] answers =
        [
            await client.GetAsync("/api/v1/me"),
            await client.GetAsync("/api/v1/nowhere"),
            await client.PutAsync("/api/v1/me", null),
            await client.PostAsync("/api/v1/me/tokens", new StringContent("{", Encoding.UTF8, "application/json")),
            await client.GetAsync("/"),
            await client.GetAsync("/missing.png"),
            await stranger.GetAsync("/api/v1/me"),
            await stranger.GetAsync("/livez"),
            await lost.GetAsync("/api/v1/me"),
        ];

        answers.Select(answer => (int)answer.StatusCode).ShouldBe([200, 404, 405, 400, 404, 404, 401, 200, 421]);
        foreach (var answer in answers)
        {
            string Header(string name) => string.Join(",", answer.Headers.GetValues(name));
            Header("Content-Security-Policy").ShouldBe(SecurityHeaders.ContentSecurityPolicy);
            Header("X-Content-Type-Options").ShouldBe("nosniff");
            Header("Referrer-Policy").ShouldBe("no-referrer");
            Header("Cross-Origin-Opener-Policy").ShouldBe("same-origin");
            Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");
            Header("Permissions-Policy").ShouldContain("camera=()");
            Header("Cache-Control").ShouldBe("no-store");
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
            answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse("plain loopback");
            answer.Dispose();
        }
    }

    [Fact]
    public async Task OtherPages_ReadAnswers_OnlyWhenListed_AndNeverWithCookies()
    {
        await using var lab = await AccessLab.StartAsync(new AuthOptions { CorsOrigins = ["https://tools.example"] });
        using var client = lab.WithToken(AccessLab.Token);
        foreach (var (origin, allowed) in new[] { ("https://tools.example", true), ("https://tools.example.evil.example", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
            request.Headers.Add("Origin", origin);
            using var response = await client.SendAsync(request);
            response.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(allowed);
            response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task TooManyRequests_AreToldWhenToComeBack_AndEachCredentialCountsAlone()
    {
        await using var lab = await AccessLab.StartAsync(limits: new RateLimits { Api = 3 });
        using var client = lab.WithToken(AccessLab.Token);
        for (var left = 2; left >= 0; left--)
        {
            using var fine = await client.GetAsync("/api/v1/me");
            fine.StatusCode.ShouldBe(HttpStatusCode.OK);
            fine.Headers.GetValues("X-RateLimit-Remaining").ShouldBe([$"{left}"]);
        }
        lab.Time.Advance(TimeSpan.FromSeconds(20));

        using var refused = await client.GetAsync("/api/v1/me");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.GetValues("Retry-After").ShouldBe(["40"]);
        refused.Headers.GetValues("X-RateLimit-Limit").ShouldBe(["3"]);
        refused.Headers.GetValues("X-RateLimit-Reset").ShouldBe(["40"]);
        using var browser = lab.Browser(lab.Local);
        (await browser.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/livez")).StatusCode.ShouldBe(HttpStatusCode.OK);
        lab.Time.Advance(TimeSpan.FromSeconds(40));
        (await client.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TypingWithoutAWebSocket_IsCountedByItsBytes_AndLocksNobodyOut()
    {
        await using var lab = await AccessLab.StartAsync(limits: new RateLimits { Api = 3, InputBytes = 10_000 });
        using var client = lab.WithToken(AccessLab.Token);
        async Task<HttpStatusCode> TypeAsync()
        {
            using var key = new StringContent(new string(' ', 100), Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/api/v1/lab/typing", key);
            return answer.StatusCode;
        }

        // Each costs its 100 bytes and 256 more.
        for (var key = 0; key < 10_000 / 356; key++)
            (await TypeAsync()).ShouldBe(HttpStatusCode.OK);

        (await TypeAsync()).ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        lab.Time.Advance(TimeSpan.FromMinutes(1));
        (await TypeAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TriesToSignIn_AreFew_AMinuteAndAnHour()
    {
        await using var lab = await AccessLab.StartAsync(limits: new RateLimits { Login = 2, LoginHour = 3 });
        var answers = new List<HttpStatusCode>();
        for (var minute = 0; minute < 3; minute++)
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                using var response = await lab.LoginAsync("guess");
                answers.Add(response.StatusCode);
            }
            lab.Time.Advance(TimeSpan.FromMinutes(1));
        }
        answers.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(3);
        answers.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(6);
    }

    [Fact]
    public async Task AnIpv6Client_IsCountedByItsNetwork_AndAnIpv4ClientByItself()
    {
        await using var lab = await AccessLab.StartAsync(limits: new RateLimits { Api = 10 });
        var limiting = new RateLimiting(
            _ => Task.CompletedTask,
            lab.Services.GetRequiredService<AccessConfiguration>(),
            new RateWindows(lab.Time)
        );

        (await RemainingAsync("2001:db8:1:2::1")).ShouldBe("9");
        (await RemainingAsync("2001:db8:1:2:ffff:ffff:ffff:ffff")).ShouldBe("8");
        (await RemainingAsync("2001:db8:1:3::1")).ShouldBe("9");
        (await RemainingAsync("192.0.2.1")).ShouldBe("9");
        (await RemainingAsync("192.0.2.2")).ShouldBe("9");
        (await RemainingAsync("192.0.2.1")).ShouldBe("8");

        async Task<string> RemainingAsync(string address)
        {
            var context = new DefaultHttpContext();
            context.Request.Path = "/api/v1/me";
            context.Features.Set(
                new Caller
                {
                    OverSocket = false,
                    Peer = IPAddress.Parse(address),
                    ByTrustedProxy = false,
                    Client = IPAddress.Parse(address),
                    Secure = true,
                }
            );
            await limiting.InvokeAsync(context);
            return context.Response.Headers["X-RateLimit-Remaining"].ToString();
        }
    }

    [Fact]
    public async Task AnEndpoint_ThatSaysNothing_OrIsPublicUnlisted_KeepsTheServerFromStarting()
    {
        await using var fine = await AccessLab.StartAsync();
        await StartupSelfTest.RunAsync(fine.Services, fine.Endpoints);

        await using var silent = await AccessLab.StartAsync(map: (api, _) => api.MapGet("/silent", () => "open"));
        (
            await Should.ThrowAsync<InvalidDataException>(() => StartupSelfTest.RunAsync(silent.Services, silent.Endpoints))
        ).Message.ShouldContain("/api/v1/silent says not what it needs");
        using var client = silent.WithToken(AccessLab.Token);
        (await client.GetAsync("/api/v1/silent")).StatusCode.ShouldBe(HttpStatusCode.NotFound, "and would not be served");

        await using var open = await AccessLab.StartAsync(map: (api, _) => api.MapGet("/open", () => "open").Public());
        (
            await Should.ThrowAsync<InvalidDataException>(() => StartupSelfTest.RunAsync(open.Services, open.Endpoints))
        ).Message.ShouldContain("/api/v1/open is public");
    }

    [Fact]
    public async Task WebSockets_OpenAtATime_AreLimited_AndAClosedOneMakesRoom()
    {
        await using var lab = await AccessLab.StartAsync(limits: new RateLimits { OpenSockets = 2 });
        using var first = await OpenAsync(lab);
        using var second = await OpenAsync(lab);

        (await RefusedAsync(lab)).ShouldBe(HttpStatusCode.TooManyRequests);

        first.Abort();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        // That it has gone is known to the server a moment later.
        while (await RefusedAsync(lab) is not null)
            limit.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task WebSockets_AMinute_AreLimited()
    {
        await using var lab = await AccessLab.StartAsync(limits: new RateLimits { Socket = 2 });
        using var first = await OpenAsync(lab);
        using var second = await OpenAsync(lab);

        (await RefusedAsync(lab)).ShouldBe(HttpStatusCode.TooManyRequests);

        lab.Time.Advance(TimeSpan.FromMinutes(1));
        using var third = await OpenAsync(lab);
    }

    private static async Task<ClientWebSocket> OpenAsync(AccessLab lab)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {AccessLab.Token}");
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(Socket(lab, lab.Local.Id), CancellationToken.None);
            return socket;
        }
        catch (WebSocketException exception)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new HttpRequestException(exception.Message, exception, status);
        }
    }

    /// <summary>Null when it opens.</summary>
    private static async Task<HttpStatusCode?> RefusedAsync(AccessLab lab)
    {
        try
        {
            using var socket = await OpenAsync(lab);
            return null;
        }
        catch (HttpRequestException exception)
        {
            return exception.StatusCode;
        }
    }

    private static Uri Socket(AccessLab lab, string owner) =>
        new UriBuilder(lab.Address) { Scheme = "ws", Path = $"/api/v1/lab/{owner}/{LabWorkspace.Id}/socket" }.Uri;
}
