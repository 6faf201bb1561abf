using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Caisson.Server.Access;
using Caisson.Server.Tests.Access;

namespace Caisson.Server.Tests.Web;

public sealed class WebAppTests
{
    private const string Page =
        """<!doctype html><html lang="en" data-theme="system"><meta name="color-scheme" content="light dark" /></html>""";

    [Theory]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/w/w-1")]
    public async Task EveryPage_IsTheApp_WithoutStoringIt(string path)
    {
        await using var lab = await WithAppAsync();
        using var response = await GetAsync(lab.Client(), path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe(Page);
        response.Headers.CacheControl!.ToString().ShouldBe("no-store");
        response.Headers.GetValues("Content-Security-Policy").ShouldBe([SecurityHeaders.ContentSecurityPolicy]);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
    }

    [Fact]
    public async Task TheTheme_IsInTheFirstByte_OfThePersonThenOfTheBrowser()
    {
        await using var lab = await WithAppAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));
        using var anonymous = lab.Client();
        anonymous.DefaultRequestHeaders.Add("Cookie", "caisson-theme=light");
        using var odd = lab.Client();
        odd.DefaultRequestHeaders.Add("Cookie", "caisson-theme=\"><script>");

        (await PageAsync(anonymous)).ShouldBe(Page.Replace("\"system\"", "\"light\"").Replace("\"light dark\"", "\"light\""));
        (await PageAsync(odd)).ShouldBe(Page);
        (await PageAsync(browser)).ShouldBe(Page);
        using var settings = await browser.GetAsync("/api/v1/me/settings");
        settings.Headers.ETag!.Tag.ShouldBe("\"0\"");
        (await PutAsync(browser, """{"theme":"dark"}""", "\"0\"")).ShouldBe(HttpStatusCode.OK);
        (await PageAsync(browser)).ShouldContain("<html lang=\"en\" data-theme=\"dark\"");
        (await PutAsync(browser, """{"theme":"light"}""", "\"0\"")).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await PutAsync(browser, """{"theme":"light"}""", null)).ShouldBe(HttpStatusCode.PreconditionRequired);
        (await PutAsync(browser, """{"theme":"pink"}""", "\"1\"")).ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PutAsync(browser, "[]", "\"1\"")).ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PutAsync(browser, $$"""{"x":"{{new string('x', 65_537)}}"}""", "\"1\"")).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await browser.GetStringAsync("/api/v1/me/settings")).ShouldBe("""{"theme":"dark"}""");
    }

    [Theory]
    [InlineData("/docs/")]
    [InlineData("/docs/index.html")]
    public async Task TheDocuments_AreForAnybody_UnderTheSamePolicy(string path)
    {
        await using var lab = await WithAppAsync();
        Directory.CreateDirectory(Path.Combine(lab.WebRoot, "docs"));
        await File.WriteAllTextAsync(Path.Combine(lab.WebRoot, "docs/index.html"), "the documents");
        using var response = await GetAsync(lab.Client(), path);

        (await response.Content.ReadAsStringAsync()).ShouldBe("the documents");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        response.Headers.GetValues("Content-Security-Policy").ShouldBe([SecurityHeaders.ContentSecurityPolicy]);
        using var folder = await GetAsync(lab.Client(), "/docs");
        (folder.StatusCode, folder.Headers.Location!.ToString()).ShouldBe((HttpStatusCode.PermanentRedirect, "/docs/"));
    }

    [Fact]
    public async Task Files_AreKept_ByTheHashInTheirName_OrAskedForAgain()
    {
        await using var lab = await WithAppAsync();
        using var client = lab.Client();
        using var hashed = await client.GetAsync("/assets/app-1a2b.js");
        hashed.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        hashed.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        using var plain = await client.GetAsync("/mark.svg");
        plain.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        plain.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/mark.svg");
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
        (await client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("br, gzip", "br", "in brotli")]
    [InlineData("gzip, deflate", "gzip", "in gzip")]
    [InlineData("br;q=0, gzip", "gzip", "in gzip")]
    [InlineData("", null, "1")]
    public async Task Files_ComeCompressed_AsTheBuildLeftThem_WhereTheBrowserReadsIt(string accepts, string? coding, string content)
    {
        await using var lab = await WithAppAsync();
        await File.WriteAllTextAsync(Path.Combine(lab.WebRoot, "assets/app-1a2b.js.br"), "in brotli");
        await File.WriteAllTextAsync(Path.Combine(lab.WebRoot, "assets/app-1a2b.js.gz"), "in gzip");
        using var client = lab.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/app-1a2b.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
        using var response = await client.SendAsync(request);

        response.Content.Headers.ContentEncoding.ShouldBe(coding is null ? [] : [coding]);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        (await response.Content.ReadAsStringAsync()).ShouldBe(content);
    }

    [Theory]
    [InlineData("/missing.js")]
    [InlineData("/../state.db")]
    [InlineData("/%2e%2e/state.db")]
    [InlineData("/..%2fstate.db")]
    [InlineData("/assets/../../state.db")]
    public async Task Nothing_OutsideTheAppIsServed(string path)
    {
        await using var lab = await WithAppAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(lab.Address.Host, lab.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
        );
        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 404");
    }

    [Fact]
    public async Task WithoutABuiltApp_ThePageSaysSo()
    {
        await using var lab = await AccessLab.StartAsync();
        (await PageAsync(lab.Client())).ShouldContain("was not built into this installation");
    }

    private static async Task<AccessLab> WithAppAsync()
    {
        var lab = await AccessLab.StartAsync();
        Directory.CreateDirectory(Path.Combine(lab.WebRoot, "assets"));
        await File.WriteAllTextAsync(Path.Combine(lab.WebRoot, "index.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(lab.WebRoot, "assets/app-1a2b.js"), "1");
        await File.WriteAllTextAsync(Path.Combine(lab.WebRoot, "mark.svg"), "<svg/>");
        return lab;
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        return await client.SendAsync(request);
    }

    private static async Task<string> PageAsync(HttpClient client)
    {
        using var response = await GetAsync(client, "/");
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> PutAsync(HttpClient client, string json, string? match)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/settings")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
