using System.Net;
using System.Text.Json;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Internal;

public sealed class InternalEndpointsTests
{
    [Fact]
    public async Task Says_WhichSandboxThisIs()
    {
        await using var lab = await Lab.StartAsync([]);
        using var http = lab.Http();

        (await GetAsync(http, "/v1/whoami")).GetProperty("sandbox").GetString().ShouldBe("sb1");
    }

    [Fact]
    public async Task Shows_ThePolicyInForce()
    {
        await using var lab = await Lab.StartAsync([], exit: o => o with { PolicySummary = """{"routes":["a"]}""" });
        using var http = lab.Http();
        (await GetAsync(http, "/v1/policy")).GetProperty("routes")[0].GetString().ShouldBe("a");

        lab.Exit.Replace(Caisson.Policy.Decisions.RouteTable.Empty, new TestCredentials(), """{"routes":["b"]}""");

        (await GetAsync(http, "/v1/policy")).GetProperty("routes")[0].GetString().ShouldBe("b");
    }

    [Fact]
    public async Task Lists_ItsOwnDenials_NewestFirst()
    {
        await using var lab = await Lab.StartAsync([]);
        using var http = lab.Http();
        await http.GetAsync("https://a.example/1?q=hidden");
        await http.GetAsync("https://b.example/2");
        await lab.Log.AppendAsync(lab.Records[0] with { Sandbox = "sb2", Host = "foreign.example" }, default);

        var denials = (await GetAsync(http, "/v1/denials")).GetProperty("denials");

        denials.EnumerateArray().Select(d => d.GetProperty("host").GetString()).ShouldBe(["b.example", "a.example"]);
        denials[0].GetProperty("reason").GetString().ShouldBe("no_route");
        denials.GetRawText().ShouldNotContain("hidden");
    }

    [Fact]
    public async Task Says_WhatIsNotAvailableYet()
    {
        await using var lab = await Lab.StartAsync([]);
        using var http = lab.Http();

        (await GetAsync(http, "/v1/proposals")).GetProperty("proposals").GetArrayLength().ShouldBe(0);
        var mcp = await http.PostAsync("http://caisson.internal/mcp", new StringContent("{}"));
        mcp.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        mcp.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await http.GetAsync("http://caisson.internal/other")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PutAsync("http://caisson.internal/v1/policy", null)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Is_NobodyElsesName()
    {
        // Even a table that names it (the validator refuses such a route) does not lead out.
        await using var lab = await Lab.StartAsync([Lab.Route("caisson.internal")]);
        await using var stream = await lab.Client("other.example", 80).ConnectAsync();

        var answer = await SandboxClient.ExchangeAsync(
            stream,
            "GET /v1/whoami HTTP/1.1\r\nHost: caisson.internal\r\nConnection: close\r\n\r\n"
        );

        answer.ShouldStartWith("HTTP/1.1 421 ");
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path)
    {
        var answer = await http.GetAsync("http://caisson.internal" + path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
